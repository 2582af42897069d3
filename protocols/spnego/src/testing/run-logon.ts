import type { SecurityContext } from '../security-context.ts';

/** Passes tokens between the two sides until both are done. Gives the tokens in order. */
export async function runLogon(initiator: SecurityContext, acceptor: SecurityContext): Promise<Uint8Array[]> {
  const tokens: Uint8Array[] = [];
  let token: Uint8Array | null = null;
  for (let n = 0; n < 8; n++) {
    const sent = await initiator.step(token);
    if (sent.token) {
      tokens.push(sent.token);
      // As a Buffer, which is what comes out of base64: its slice() is no copy.
      const answer = await acceptor.step(Buffer.from(sent.token));
      token = answer.token;
      if (token) tokens.push(token);
      else if (sent.done && answer.done) return tokens;
    } else if (sent.done && acceptor.done) return tokens;
    if (initiator.done && acceptor.done) return tokens;
  }
  throw new Error('the logon does not come to an end');
}
