import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { type CredSspInitiatorOptions, initiateCredSsp, subjectPublicKey } from '@atelier/spnego';

/** X.224 Connection Request that asks for CredSSP (MS-RDPBCGR §2.2.1.1). */
const request = Buffer.from('030000130ee000000000000100080002000000', 'hex');

/** As much of an RDP client as Network Level Authentication needs. Gives the version of CredSSP once both sides are content. */
export async function logOnByNla(socket: Socket, options: Omit<CredSspInitiatorOptions, 'publicKey'>): Promise<number> {
  socket.write(request);
  const [confirm] = (await once(socket, 'data')) as [Buffer];
  if (confirm[11] !== 2 || confirm[15] !== 2) throw new Error(`the server answers ${confirm.toString('hex')}`);
  // The server's certificate is its own; CredSSP is what proves that there is nobody in between.
  const tls = connectTls({ socket, rejectUnauthorized: false });
  await once(tls, 'secureConnect');
  return await proveByNla(tls, options).finally(() => tls.destroy());
}

/** The logon itself, on TLS that stands; whatever comes behind it stays on the connection. */
export async function proveByNla(tls: TLSSocket, options: Omit<CredSspInitiatorOptions, 'publicKey'>): Promise<number> {
  const publicKey = subjectPublicKey(tls.getPeerX509Certificate()!.raw);
  const credssp = initiateCredSsp({ ...options, publicKey });
  try {
    tls.write((await credssp.push(null)).token!);
    for await (const chunk of tls.iterator({ destroyOnReturn: false })) {
      const { token, done } = await credssp.push(chunk as Buffer);
      if (token) tls.write(token);
      if (done) return credssp.version!;
    }
    throw new Error('the server closed the connection');
  } finally {
    credssp.close();
  }
}
