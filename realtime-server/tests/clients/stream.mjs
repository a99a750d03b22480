// Reads an event stream block by block, as the bytes are, without the leniency of a real parser.

import { Inbox } from './inbox.mjs';

/** Opens `url` and resolves with the response and its blocks: events and comments, in order. */
export async function openStream(url) {
  const controller = new AbortController();
  const response = await fetch(url, { signal: controller.signal });
  const blocks = new Inbox(`a block of ${url}`);
  const end = read(response.body, blocks).catch((error) => {
    if (error.name !== 'AbortError') throw error;
  });
  return {
    response,
    end,
    rest: () => blocks.rest,
    /** The next block of any kind, as text without its closing empty line. */
    block: (limit) => blocks.next(() => true, limit),
    /** The next event called `name`, or the next of any name; comments are skipped. */
    event: async (name = '.+') => {
      const wanted = new RegExp(`^event: ${name}$`, 'm');
      return parseEvent(await blocks.next((block) => wanted.test(block)));
    },
    close: () => controller.abort(),
  };
}

/** The fields of a block in their order, and its data parsed as JSON. */
export function parseEvent(block) {
  const fields = block.split('\n').map((line) => /^([a-z]+): (.*)$/.exec(line)?.slice(1) ?? [line]);
  const named = Object.fromEntries(fields);
  return { names: fields.map(([name]) => name), ...named, data: JSON.parse(named.data) };
}

async function read(body, blocks) {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop();
    for (const part of parts) blocks.put(part);
  }
  return text;
}
