// A certificate for one run of the tests, in a folder of its own.

import { execFileSync } from 'node:child_process';
import { X509Certificate, createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a certificate for this machine that nobody has signed but itself. */
export function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'https-'));
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(folder, name));
  const renew = () =>
    execFileSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc'],
      ...['-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ], { stdio: 'pipe' });
  renew();
  return {
    files: { cert, key },
    pem: () => readFileSync(cert),
    fingerprint: () => new X509Certificate(readFileSync(cert)).fingerprint256,
    /** Puts another certificate in its place. */
    renew,
    /** What Chromium knows a key by. */
    keyHash() {
      const { publicKey } = new X509Certificate(readFileSync(cert));
      const der = publicKey.export({ type: 'spki', format: 'der' });
      return createHash('sha256').update(der).digest('base64');
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
