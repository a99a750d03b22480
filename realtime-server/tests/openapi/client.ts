// A client made from the document: it compiles only while the document says what it uses.

import createClient from 'openapi-fetch';
import type { components, paths } from './openapi.js';

type Sent = components['schemas']['Sent'];

/** Uses a route of every kind; gives what came of it. */
export async function useDemo(baseUrl: string) {
  const client = createClient<paths>({ baseUrl });

  const sent = await client.POST('/api/broadcast', { body: { event: 'message', data: { text: 'hello' } } });
  const broadcast: Sent | undefined = sent.data;

  const started = await client.POST('/api/operation/start', { params: { query: { seconds: 60 } } });
  const taskId: string = started.data?.TaskId ?? '';
  const path = { taskId };
  const status = await client.GET('/api/operation/status/{taskId}', { params: { path } });
  const state: components['schemas']['OperationState'] | undefined = status.data?.State;
  const stopped = await client.POST('/api/operation/stop/{taskId}', { params: { path } });

  const missing = await client.GET('/api/operation/status/{taskId}', { params: { path: { taskId: 'nobody' } } });
  const problem: components['schemas']['Problem'] | undefined = missing.error;

  const log = await client.GET('/api/ps/log/{level}', { params: { path: { level: 'Warning' } }, parseAs: 'text' });
  const text: string | undefined = log.data;

  // @ts-expect-error: a level that is none.
  const wrong = await client.GET('/api/ps/log/{level}', { params: { path: { level: 'Loud' } }, parseAs: 'text' });

  return { broadcast, state, stopped: stopped.data?.Success, problem, text, refused: wrong.response.status };
}
