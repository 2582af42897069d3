import { join } from 'node:path';
import { runProgram } from '../accounts/run-program.ts';

/** A private key (PKCS #8) and a request (PKCS #10) that it has signed, both PEM. */
export interface SigningRequest {
  readonly privateKey: string;
  readonly csr: string;
}

/**
 * Asks for a certificate with a new key (ECDSA P-256), or with `privateKey`. A process of its own does it: the agent, which runs for months, does not
 * keep a library that it needs once a year.
 */
export async function newSigningRequest(commonName: string, privateKey = ''): Promise<SigningRequest> {
  const program = join(import.meta.dirname, 'make-signing-request.ts');
  const { code, output } = await runProgram([process.execPath, program, commonName], {
    input: privateKey,
    timeoutMs: 60_000,
  });
  if (code !== 0) throw new Error(`a signing request could not be made: ${program} ended with ${code}`);
  return JSON.parse(output) as SigningRequest;
}
