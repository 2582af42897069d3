import { randomBytes } from 'node:crypto';
import { initiateSecurity, ntHash, type SecurityContext } from '@atelier/spnego';
import type { Answer, oneConnection } from './one-connection.ts';

/** Logs `admin` on by Negotiate with NTLM, leg by leg. Gives the last answer, and the context that seals messages. */
export async function logOnByNtlm(
  connection: ReturnType<typeof oneConnection>,
  password: string,
  channelBinding?: Uint8Array,
): Promise<{ readonly context: SecurityContext; readonly last: Answer }> {
  const context = initiateSecurity({
    now: Date.now,
    random: (length) => randomBytes(length),
    credentials: [{ kind: 'ntlm', user: 'admin', domain: '', ntHash: ntHash(password) }],
    ...(channelBinding ? { channelBinding } : {}),
  });
  let token: Uint8Array | null = null;
  for (;;) {
    const step = await context.step(token);
    if (!step.token) throw new Error('the logon ended without a token to send');
    const headers = { Authorization: `Negotiate ${Buffer.from(step.token).toString('base64')}` };
    const last = await connection.send(new Uint8Array(0), headers);
    const next = last.authenticate.find((one) => one.startsWith('Negotiate '));
    token = next ? Buffer.from(next.slice(10), 'base64') : null;
    if (last.status === 401 && token) continue;
    if (token && !context.done) await context.step(token).catch(() => {});
    return { context, last };
  }
}
