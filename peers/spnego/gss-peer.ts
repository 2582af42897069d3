import { join } from 'node:path';
import { type LinePeer, startLinePeer } from './line-peer.ts';

/** How the peer's side begins. */
export interface GssBegin {
  readonly role: 'initiate' | 'accept';
  readonly mechanism: 'spnego' | 'kerberos' | 'ntlm';
  /** What SPNEGO may choose from. */
  readonly inner?: readonly ('kerberos' | 'ntlm')[];
  /** Initiator: `HTTP@localhost`. */
  readonly target?: string;
  readonly user?: string;
  readonly password?: string;
  readonly binding?: string;
  readonly delegate?: boolean;
}

/** One side of a logon in MIT's GSS-API library. */
export interface GssPeer {
  begin(how: GssBegin): Promise<void>;
  step(token: Uint8Array | null): Promise<{ readonly token: Uint8Array; readonly done: boolean }>;
  wrap(plain: Uint8Array): Promise<Uint8Array>;
  unwrap(token: Uint8Array): Promise<Uint8Array>;
  sign(message: Uint8Array): Promise<Uint8Array>;
  verify(message: Uint8Array, signature: Uint8Array): Promise<void>;
  who(): Promise<string>;
  close(): Promise<void>;
}

const base64 = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString('base64');

export function startGssPeer(env: Readonly<Record<string, string>>): GssPeer {
  const peer: LinePeer = startLinePeer('/usr/bin/python3', [join(import.meta.dirname, 'gss-peer.py')], {
    ...process.env,
    ...env,
  });
  const ask = async (question: object): Promise<Record<string, string | boolean>> => {
    const answer = JSON.parse(await peer.ask(JSON.stringify(question)));
    if (answer.error) throw new Error(answer.error);
    return answer;
  };
  const bytes = async (question: object) => new Uint8Array(Buffer.from((await ask(question)).data as string, 'base64'));
  return {
    async begin(how) {
      await ask({ op: 'begin', ...how });
    },
    async step(token) {
      const answer = await ask({ op: 'step', data: base64(token) });
      return { token: new Uint8Array(Buffer.from(answer.data as string, 'base64')), done: answer.done as boolean };
    },
    wrap: (plain) => bytes({ op: 'wrap', data: base64(plain) }),
    unwrap: (token) => bytes({ op: 'unwrap', data: base64(token) }),
    sign: (message) => bytes({ op: 'sign', data: base64(message) }),
    async verify(message, signature) {
      await ask({ op: 'verify', data: base64(message), signature: base64(signature) });
    },
    async who() {
      return (await ask({ op: 'who' })).name as string;
    },
    close: () => peer.close(),
  };
}
