// The documents to check: those of the running demo, of the demo that wants tokens, and the torture
// documents of openapi-emit.

import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const GOLDEN = new URL('../../../openapi-emit/tests/golden/', import.meta.url);
const OPENAPI = ['v3.0', 'v3.1', 'v3.2'];
const TORTURE = ['3.0.4', '3.1.2', '3.2.0'];

/** Writes all documents into files; resolves with them, by where they come from. */
export async function collect(url, guardedUrl) {
  const folder = await mkdtemp(path.join(tmpdir(), 'documents-'));
  const [demo, guarded] = await Promise.all([url, guardedUrl].map(all));
  const torture = await Promise.all(
    [...TORTURE, 'asyncapi'].map((name) => readFile(new URL(`torture-${name}.json`, GOLDEN), 'utf8')),
  );
  const names = [...OPENAPI, 'asyncapi'];
  const saved = (texts, kind) =>
    Promise.all(texts.map((text, index) => save(folder, `${kind}-${names[index]}`, text)));
  return {
    folder,
    demo: [...(await saved(demo, 'demo')), ...(await saved(guarded, 'guarded'))],
    torture: await saved(torture, 'torture'),
  };
}

function all(url) {
  return Promise.all([
    ...OPENAPI.map((version) => served(`${url}/openapi/${version}/openapi.json`)),
    served(`${url}/asyncapi/v3.0/asyncapi.json`),
  ]);
}

async function served(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers with ${response.status}`);
  return response.text();
}

async function save(folder, name, text) {
  const file = path.join(folder, `${name}.json`);
  await writeFile(file, text);
  return { name, file, text, isAsyncApi: name.endsWith('asyncapi') };
}
