// Keeps a page connected to its hub, and shows in #connection how that stands.

const LONGEST_PAUSE = 10_000;
const output = document.querySelector('#connection');

function show(state, text) {
  output.dataset.state = state;
  output.textContent = text;
  // What needs the hub is of use while there is one.
  for (const fields of document.querySelectorAll('fieldset')) fields.disabled = state !== 'connected';
}

const pause = (attempt) => Math.min(500 * 2 ** attempt, LONGEST_PAUSE);

/**
 * Connects to the hub at `path`. `prepare` gets the connection before it starts, to register what
 * the server may call; `connected` runs each time there is a new connection.
 */
export function connect(path, { prepare = () => {}, connected = () => {} } = {}) {
  const { signalR } = window;
  if (!signalR) {
    show(
      'missing',
      'The official client is missing. Run “npm install @microsoft/signalr” and start the example again.',
    );
    throw new Error('signalr.min.js was not loaded');
  }
  const connection = new signalR.HubConnectionBuilder()
    .withUrl(path)
    .withAutomaticReconnect({
      nextRetryDelayInMilliseconds: ({ previousRetryCount }) => pause(previousRetryCount),
    })
    .configureLogging(signalR.LogLevel.Critical)
    .build();
  connection.onreconnecting(() => show('waiting', 'reconnecting'));
  connection.onreconnected(() => ready());
  connection.onclose(() => show('lost', 'disconnected'));
  const ready = () => {
    show('connected', 'connected');
    return connected(connection);
  };
  const start = async (attempt) => {
    try {
      await connection.start();
    } catch {
      show('waiting', 'the server is not there');
      setTimeout(start, pause(attempt), attempt + 1);
      return;
    }
    await ready();
  };
  prepare(connection);
  show('waiting', 'connecting');
  start(0);
  return connection;
}

/** What the hub said to a call that it refused, without what the protocol puts before it. */
export function reason(error) {
  return error.message.replace(/^.*?(HubException: |on the server\. )/, '');
}
