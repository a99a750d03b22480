// Reads an event stream as it is sent, so that events of every type can be shown.

/** The events of a `text/event-stream` body, one after the other (WHATWG HTML, section 9.2.6). */
export async function* readEvents(body) {
  let event = { data: [] };
  for await (const line of readLines(body)) {
    if (line === '') {
      if (event.data.length) yield { ...event, data: event.data.join('\n') };
      event = { data: [] };
      continue;
    }
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') event.data.push(value);
    else if (name === '') yield { comment: value };
    else event[name] = value;
  }
}

async function* readLines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += value;
      // A CR at the end may be half of a CRLF.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      yield* lines;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
