import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { fillPath } from '@atelier/api';
import { CliFailure, usageFailure } from '../failure/cli-failure.ts';

/** SHA-256 of a certificate as people compare it: pairs of hexadecimal digits with colons. */
export const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;

const bare = (fingerprint: string) =>
  fingerprint
    .replace(/^sha256:/i, '')
    .replaceAll(':', '')
    .toLowerCase();

/** Fetches the authority that a server names as its own. Nothing is believed yet: compare its fingerprint before use. */
export function fetchAuthority(server: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(
      new URL(fillPath('/ca.pem'), server),
      { rejectUnauthorized: false, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (text.length > 100_000) call.destroy(new Error('the answer is too long for a certificate'));
        });
        answer.on('end', () =>
          answer.statusCode === 200 ? resolve(text) : reject(new Error(`it answered ${answer.statusCode}`)),
        );
      },
    );
    call.setTimeout(15_000, () => call.destroy(new Error('no answer for 15 s')));
    call.on('error', (cause) =>
      reject(
        new CliFailure(
          {
            title: 'the server cannot be reached',
            detail: `${server}: ${cause.message}`,
            fix: 'check the address, and that the server runs',
          },
          1,
          { cause },
        ),
      ),
    );
    call.end();
  });
}

/**
 * The authority that `--ca` stands for: a file (PEM), or a fingerprint that the server's own authority must have.
 * @returns PEM
 */
export async function authorityFor(server: string, given: string): Promise<string> {
  if (/^(sha256:)?([0-9a-f]{2}:?){32}$/i.test(given)) {
    const pem = await fetchAuthority(server);
    if (bare(fingerprintOf(pem)) === bare(given)) return pem;
    throw new CliFailure({
      title: 'the server’s authority is another one',
      detail: `expected ${given}, but ${server} has ${fingerprintOf(pem)}`,
      cause: 'the fingerprint is of another server, or somebody stands between here and there',
      fix: 'ask the administrator again for the fingerprint; do not go on without it',
    });
  }
  const pem = await readFile(given, 'utf8').catch(() => {
    throw usageFailure(
      `--ca ${given} is neither a fingerprint (SHA-256, 64 hexadecimal digits) nor a file that can be read`,
    );
  });
  try {
    fingerprintOf(pem);
  } catch {
    throw usageFailure(`${given} holds no certificate in PEM`);
  }
  return pem;
}
