// Types generated from the served document, a client written against them, and the demo that answers.

import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { startServer } from '../clients/server.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
let server;
let folder;

before(async () => {
  server = await startServer();
  folder = await mkdtemp(path.join(tmpdir(), 'client-'));
});
after(async () => {
  await rm(folder, { recursive: true });
  await server.stop();
});

/** Compiles `client.ts` beside the generated types; gives the complaints of the compiler. */
async function compile() {
  const types = await openapiTS(new URL(`${server.url}/openapi/v3.1/openapi.json`));
  await writeFile(path.join(folder, 'openapi.ts'), astToString(types));
  await writeFile(path.join(folder, 'package.json'), '{"type": "module"}');
  await copyFile(path.join(HERE, 'client.ts'), path.join(folder, 'client.ts'));
  await symlink(path.join(HERE, 'node_modules'), path.join(folder, 'node_modules'));
  const program = ts.createProgram([path.join(folder, 'client.ts')], {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    skipLibCheck: true,
  });
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}

it('a client with the generated types compiles and uses the demo', async () => {
  assert.deepEqual(await compile(), []);
  const { useDemo } = await import(pathToFileURL(path.join(folder, 'client.js')));
  const { broadcast, state, stopped, problem, text, refused } = await useDemo(server.url);
  assert.deepEqual(broadcast, { ok: true, event: 'message', connected: 0 });
  assert.ok(['NotStarted', 'Running'].includes(state), state);
  assert.equal(stopped, true);
  assert.equal(problem.field, 'taskId');
  assert.equal(text, 'Broadcasted Warning log message from PowerShell');
  assert.equal(refused, 400);
});
