// The documents to check: those of the running demo, and the torture documents of openapi-emit.

import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const GOLDEN = new URL('../../../openapi-emit/tests/golden/', import.meta.url);
const OPENAPI = ['v3.0', 'v3.1', 'v3.2'];
const TORTURE = ['3.0.4', '3.1.2', '3.2.0'];

/** Writes all documents into files; resolves with them, by where they come from. */
export async function collect(url) {
  const folder = await mkdtemp(path.join(tmpdir(), 'documents-'));
  const demo = await Promise.all([
    ...OPENAPI.map((version) => served(`${url}/openapi/${version}/openapi.json`)),
    served(`${url}/asyncapi/v3.0/asyncapi.json`),
  ]);
  const torture = await Promise.all(
    [...TORTURE, 'asyncapi'].map((name) => readFile(new URL(`torture-${name}.json`, GOLDEN), 'utf8')),
  );
  const names = [...OPENAPI, 'asyncapi'];
  return {
    folder,
    demo: await Promise.all(demo.map((text, index) => save(folder, `demo-${names[index]}`, text))),
    torture: await Promise.all(
      torture.map((text, index) => save(folder, `torture-${names[index]}`, text)),
    ),
  };
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
