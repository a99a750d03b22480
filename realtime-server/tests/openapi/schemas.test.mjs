// What the running server sends fits the schemas of its documents: answers and events.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { startServer } from '../clients/server.mjs';
import { openStream } from './stream.mjs';

describe('What is sent', () => {
  let server;
  let openapi;
  let ajv;

  before(async () => {
    server = await startServer();
    openapi = await (await fetch(`${server.url}/openapi/v3.2/openapi.json`)).json();
    ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(ajv);
    // Widths of numbers are no business of JSON.
    for (const format of ['uint64', 'uint', 'int64', 'double', 'uint32']) ajv.addFormat(format, true);
    ajv.addSchema(openapi, 'openapi');
  });
  after(() => server.stop());

  /** Fails unless `value` fits what is at these steps into the document. */
  function fits(value, ...steps) {
    const pointer = steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
    const validate = ajv.getSchema(`openapi#/${encodeURI(pointer)}`);
    assert.ok(validate(value), `${JSON.stringify(validate.errors)} of ${JSON.stringify(value)}`);
  }

  async function answers(method, path, template, status, body) {
    const response = await fetch(server.url + path, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    assert.equal(response.status, status, path);
    const [type] = response.headers.get('Content-Type').split(';');
    const operation = ['paths', template, method.toLowerCase()];
    const value = await response.json();
    fits(value, ...operation, 'responses', String(status), 'content', type, 'schema');
    return value;
  }

  it('answers fit, those that refuse too', async () => {
    const start = '/api/operation/start';
    const { TaskId } = await answers('POST', `${start}?seconds=60`, start, 200);
    await answers('POST', `${start}?seconds=many`, start, 400);
    const [status, stop] = ['/api/operation/status/{taskId}', '/api/operation/stop/{taskId}'];
    await answers('GET', `/api/operation/status/${TaskId}`, status, 200);
    await answers('GET', '/api/operation/status/nobody', status, 404);
    await answers('POST', `/api/operation/stop/${TaskId}`, stop, 200);
    await answers('POST', `/api/operation/stop/${TaskId}`, stop, 409);
    const join = '/api/group/join/{groupName}';
    await answers('POST', '/api/group/join/Admins', join, 200);
    await answers('POST', `/api/group/join/${'x'.repeat(257)}`, join, 400);
    await answers('POST', '/api/broadcast', '/api/broadcast', 200, { event: 'message', data: 1 });
    await answers('POST', '/api/broadcast', '/api/broadcast', 400, { event: 'two\nlines' });
    await answers('POST', '/hubs/kestrun/negotiate?negotiateVersion=1', '/hubs/kestrun/negotiate', 200);
    await answers('GET', '/openapi/v9/openapi.json', '/openapi/{version}/openapi.json', 404);
  });

  /** Fails unless the event fits the item of the stream, and its data the schema of its type. */
  function eventFits(event, path) {
    const item = ['paths', path, 'get', 'responses', '200', 'content', 'text/event-stream', 'itemSchema'];
    fits(event, ...item);
    const branches = item.reduce((at, step) => at[step], openapi).oneOf;
    const known = branches.findIndex(({ properties }) => properties.event.const === (event.event ?? 'message'));
    if (known < 0) return;
    assert.equal(branches[known].properties.data.contentMediaType, 'application/json');
    fits(JSON.parse(event.data), ...item, 'oneOf', String(known), 'properties', 'data', 'contentSchema');
  }

  it('events of a stream that ends fit, from the first to the last', async () => {
    const stream = await openStream(`${server.url}/sse?count=2&intervalMs=10`);
    const names = [];
    for await (const event of stream.events) {
      eventFits(event, '/sse');
      names.push(event.event);
    }
    assert.deepEqual(names, ['connected', 'tick', 'tick', 'complete']);
  });

  it('events of the streams for all fit, of types that are known and of others', async () => {
    for (const [path, route, bodies] of [
      ['/sse/broadcast', '/api/broadcast', [{ data: 1 }, { event: 'other', data: [] }]],
      ['/sse/broadcast/progress', '/api/broadcast/progress', [{ progress: 50 }]],
    ]) {
      const stream = await openStream(server.url + path);
      const first = (await stream.events.next()).value;
      assert.equal(first.event, 'connected');
      eventFits(first, path);
      for (const body of bodies) {
        await answers('POST', route, route, 200, body);
        eventFits((await stream.events.next()).value, path);
      }
      stream.close();
    }
  });

  it('an event that does not fit is noticed', () => {
    assert.throws(() => eventFits({ event: 'tick', data: '{"i":"one"}' }, '/sse'), /must be integer/);
    assert.throws(() => eventFits({ event: 'unknown', data: '' }, '/sse'), /must match exactly one/);
  });
});
