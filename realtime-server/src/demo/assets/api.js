// Calls to the server's HTTP routes.

const TIMEOUT = 10_000;

/** Sends a request and returns its body: parsed when it is JSON, as text otherwise. */
export async function call(method, path, body) {
  const request = { method, signal: AbortSignal.timeout(TIMEOUT) };
  if (body !== undefined) {
    request.headers = { 'Content-Type': 'application/json' };
    request.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new Error('The server cannot be reached.');
  }
  const type = response.headers.get('Content-Type') ?? '';
  const answer = /\bjson\b/.test(type) ? await response.json() : await response.text();
  if (!response.ok) throw new RefusedError(response.status, answer);
  return answer;
}

/** A 4xx or 5xx answer, in the words of its problem document where there is one. */
export class RefusedError extends Error {
  constructor(status, answer) {
    super(answer?.detail ?? answer?.title ?? member(answer, 'Message') ?? `Status ${status}`);
    this.status = status;
  }
}

/** Reads a member in either casing: the routes write `TaskId`, the hub envelope `eventName`. */
export function member(object, name) {
  return object?.[name] ?? object?.[name[0].toLowerCase() + name.slice(1)];
}
