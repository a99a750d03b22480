// Starts the built server on a free port and ends it again.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const binary = process.env.REALTIME_SERVER_BIN;
const START_LIMIT = 10_000;

/** The path of an example that was built beside the server. */
export function example(name) {
  return binary && join(dirname(binary), 'examples', name);
}

/**
 * Starts the server, or another program; resolves once its banner names the addresses it listens on.
 * With `tls`, the files of a certificate, it speaks HTTPS as well.
 */
export async function startServer({
  program = binary,
  host = '127.0.0.1',
  port = 0,
  args = [],
  env = {},
  tls,
} = {}) {
  if (!program) throw new Error('REALTIME_SERVER_BIN must name the built realtime-server');
  const secure = tls
    ? ['--listen-tls', `${host}:0`, '--tls-cert', tls.cert, '--tls-key', tls.key]
    : [];
  const child = spawn(program, ['--listen', `${host}:${port}`, ...secure, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  const exit = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  // A failed test must not leave the process behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  exit.then(() => process.off('exit', kill));

  const banner = new Promise((resolve) => {
    const urls = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, url] = /listening on (https?:\/\/[\d.]+:\d+)/.exec(line) ?? [];
      if (url) urls.push(url);
      if (urls.length > (tls ? 1 : 0)) resolve(urls);
    });
  });
  const gone = exit.then(({ code, signal }) => {
    throw new Error(`the server ended at once (code ${code}, signal ${signal}): ${log}`);
  });
  const [url, secureUrl] = await within(START_LIMIT, Promise.race([banner, gone]), 'the banner');
  gone.catch(() => {});
  return {
    url,
    secureUrl,
    /** Sends a signal. */
    signal: (name) => child.kill(name),
    port: Number(new URL(url).port),
    /** Ends the process without giving it time for anything. */
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
    /** Sends SIGTERM; resolves with how the process ended and after how many milliseconds. */
    async stop() {
      const start = performance.now();
      child.kill('SIGTERM');
      const ended = await within(START_LIMIT, exit, 'the end of the server');
      return { ...ended, after: performance.now() - start };
    },
  };
}

/** What `realtime-server --help` prints. */
export async function helpText() {
  const child = spawn(binary, ['--help'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  await once(child, 'close');
  return text;
}

/** Rejects when `promise` does not settle within `limit` milliseconds. */
export function within(limit, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${limit} ms`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
