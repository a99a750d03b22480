// Other people's validators on the documents: no error, and no warning but those that are listed in
// the settings beside this file.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Parser } from '@asyncapi/parser';
import { Validator } from '@seriousme/openapi-schema-validator';
import { startServer } from '../clients/server.mjs';
import { collect } from './documents.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const INFORMATION = 2;

/** Runs a command of `node_modules`; resolves with its standard output, whatever its exit code. */
function run(command, args) {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const file = path.join(HERE, 'node_modules/.bin', command);
  return new Promise((resolve, reject) => {
    execFile(file, args, { env, cwd: HERE, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ stdout, stderr });
    });
  });
}

async function redocly(config, { file }) {
  const { stdout, stderr } = await run('redocly', [
    'lint', file, '--config', config, '--format', 'json', '--max-problems', '1000',
  ]);
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout).problems.map(
    ({ severity, ruleId, message, location }) => `${severity} ${ruleId}: ${message} ${location[0]?.pointer}`,
  );
}

async function spectral(ruleset, documents, folder) {
  const report = path.join(folder, `${ruleset}.json`);
  const { stderr } = await run('spectral', [
    'lint', '--ruleset', ruleset, '--format', 'json', '--output.json', report, ...documents.map(({ file }) => file),
  ]);
  const problems = JSON.parse(await readFile(report, 'utf8'));
  return problems.map(
    ({ source, code, message, path: at }) => `${path.basename(source)} ${code}: ${message} ${at.join('/')} ${stderr}`,
  );
}

describe('Validators', () => {
  let servers;
  let keys;
  let documents;

  before(async () => {
    keys = await mkdtemp(path.join(tmpdir(), 'keys-'));
    const key = path.join(keys, 'key');
    await writeFile(key, 'a key of no fewer than 32 bytes for tests');
    servers = await Promise.all([
      startServer(),
      startServer({ args: ['--jwt-key-file', `HS256=${key}`] }),
    ]);
    documents = await collect(...servers.map(({ url }) => url));
    const schemes = ({ text }) => Object.keys(JSON.parse(text).components.securitySchemes).length;
    assert.ok(schemes(documents.demo.at(-1)) > schemes(documents.demo[0]));
  });
  after(async () => {
    await Promise.all([keys, documents?.folder].filter(Boolean).map((folder) => rm(folder, { recursive: true })));
    await Promise.all((servers ?? []).map((server) => server.stop()));
  });

  it('Redocly finds nothing in the documents of the demo', async () => {
    for (const document of documents.demo) {
      assert.deepEqual(await redocly('redocly.yaml', document), [], document.name);
    }
  });

  it('Redocly finds nothing in the torture documents', async () => {
    for (const document of documents.torture) {
      assert.deepEqual(await redocly('redocly.torture.yaml', document), [], document.name);
    }
  });

  it('Spectral finds nothing in the documents of the demo', async () => {
    assert.deepEqual(await spectral('spectral.yaml', documents.demo, documents.folder), []);
  });

  it('Spectral finds nothing in the torture documents', async () => {
    assert.deepEqual(await spectral('spectral.torture.yaml', documents.torture, documents.folder), []);
  });

  it('the OpenAPI schema validator accepts every version', async () => {
    const all = [...documents.demo, ...documents.torture].filter(({ isAsyncApi }) => !isAsyncApi);
    assert.equal(all.length, 9);
    for (const { name, text } of all) {
      const result = await new Validator().validate(JSON.parse(text));
      assert.deepEqual(result, { valid: true }, name);
    }
  });

  it('the AsyncAPI parser reads the channels without a complaint', async () => {
    const all = [...documents.demo, ...documents.torture].filter(({ isAsyncApi }) => isAsyncApi);
    assert.equal(all.length, 3);
    for (const { name, text } of all) {
      const { document, diagnostics } = await new Parser().parse(text);
      const serious = diagnostics.filter(({ severity }) => severity < INFORMATION);
      assert.deepEqual(serious, [], name);
      assert.notEqual(document.channels().all().length, 0, name);
    }
  });

  it('the validators notice what is wrong', async () => {
    const [demo] = documents.demo;
    const broken = JSON.parse(demo.text);
    broken.paths['/sse'].get.responses['400'].content['application/problem+json'].schema.$ref =
      '#/components/schemas/Nobody';
    const result = await new Validator().validate(broken).catch((error) => ({ valid: false, error }));
    assert.equal(result.valid, false);
  });
});
