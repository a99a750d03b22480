// A reader of event streams that gives the fields of each event, as the standard says.

/** Opens the stream; `events` gives each event, `close` ends it. */
export async function openStream(url) {
  const abort = new AbortController();
  const response = await fetch(url, { headers: { Accept: 'text/event-stream' }, signal: abort.signal });
  return { events: read(response.body), close: () => abort.abort() };
}

async function* read(body) {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop();
    for (const block of blocks) {
      const event = {};
      for (const line of block.split('\n')) {
        const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
        if (name === 'retry') event.retry = Number(value);
        else if (name === 'data' && event.data !== undefined) event.data += `\n${value}`;
        else if (name !== '') event[name] = value;
      }
      if (event.data !== undefined) yield event;
    }
  }
}
