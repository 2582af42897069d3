import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { newId } from '@atelier/adapters/postgres';
import {
  type CleanPathFailure,
  type CleanPathRequest,
  readCleanPathRequest,
  writeCleanPathFailure,
  writeCleanPathResponse,
} from '@atelier/rdcleanpath';
import type { Place } from '../listener/admission.ts';
import { carrySession } from '../relay/carry-session.ts';
import { dialTarget } from '../relay/dial-target.ts';
import { loseTarget } from '../relay/lose-target.ts';
import type { RelayTools } from '../relay/relay-connection.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { OpenOrder } from './gateway-order.ts';
import { passClientInfo } from './pass-client-info.ts';

/** Reads the browser's first message; null when it hangs up. The socket is paused then, what came behind it put back. */
function readRequest(socket: Socket, signal: AbortSignal): Promise<CleanPathRequest | null> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const settle = () => {
      signal.removeEventListener('abort', onClose);
      socket.off('data', onData).off('close', onClose).off('end', onClose);
      socket.pause();
    };
    const onClose = () => {
      settle();
      resolve(null);
    };
    const onData = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      try {
        const found = readCleanPathRequest(read);
        if (!found) return;
        settle();
        if (found.length < read.length) socket.unshift(read.subarray(found.length));
        resolve(found.request);
      } catch (error) {
        settle();
        reject(error);
      }
    };
    signal.addEventListener('abort', onClose, { once: true });
    socket.on('data', onData).on('close', onClose).on('end', onClose);
    socket.resume();
  });
}

/** Whether a Connection Confirm chose TLS, alone or with NLA (MS-RDPBCGR 2.2.1.2.1). */
const choseTls = (confirm: Buffer): boolean =>
  confirm.length >= 19 && confirm[11] === 2 && (confirm.readUInt32LE(15) & 0b1011) !== 0;

/** TLS to a target over a connection that is there. Rejects when it is not established in time. */
async function secureTarget(socket: Socket, withinMs: number): Promise<TLSSocket> {
  // Who the target is, is judged by its fingerprint where that is known: hosts sign their certificates themselves.
  const tls = connectTls({ socket, rejectUnauthorized: false, minVersion: 'TLSv1.2' });
  const signal = AbortSignal.timeout(withinMs);
  try {
    await once(tls, 'secureConnect', { signal });
  } catch (error) {
    tls.destroy();
    throw error;
  }
  tls.on('error', () => {});
  tls.pause();
  return tls;
}

const renewalMs = 1500;
const pause = (ms: number) => wait(ms, true);

/** The certificates that the target showed, its own first. */
function chainOf(tls: TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = [];
  for (let one = tls.getPeerX509Certificate(); one && chain.length < 5; one = one.issuerCertificate) {
    if (chain.some((known) => Buffer.from(known).equals(one!.raw))) break;
    chain.push(one.raw);
  }
  return chain;
}

/**
 * Connects a browser to the target that its token names: reads RDCleanPath, dials, does the target's TLS, and stays between both until one ends it.
 */
export async function openDesktop(
  tools: RelayTools,
  options: GatewayOptions,
  socket: Socket,
  given: { readonly order: OpenOrder; readonly place: Place; readonly signal: AbortSignal },
): Promise<void> {
  const { parts, limits, book } = tools;
  const { order, place } = given;
  const fail = (failure: Omit<CleanPathFailure, 'errorCode'>, confirm?: Buffer) => {
    const errorCode = confirm ? 2 : 1;
    if (socket.writable) socket.end(writeCleanPathFailure({ errorCode, ...failure }, confirm));
  };
  const request = await readRequest(socket, given.signal);
  if (!request) return;
  const grant = await parts.directory.redeemToken(request.proxyAuth, order.address);
  if (typeof grant === 'string' || grant.lost !== null || grant.session.userId !== order.userId) {
    const why = typeof grant === 'string' ? grant : grant.lost !== null ? 'session-ended' : 'another user';
    parts.notes.tokenRefused({ address: order.address, why, correlationId: newId() });
    return fail({ httpStatus: 403 });
  }
  const { target, session } = grant;
  const gone = new AbortController();
  const onGone = () => gone.abort();
  socket.once('close', onGone);
  const confirmMs = session.state === 'connecting' ? limits.confirmMs : limits.confirmLiveMs;
  const times = { dialMs: limits.dialMs, confirmMs };
  const opening = Buffer.from(request.x224ConnectionPdu);
  const dialed = await book.turnstile.pass(target.id, () => dialTarget(target.endpoints, opening, times, gone.signal));
  socket.off('close', onGone);
  if ('kind' in dialed) {
    if (dialed.kind === 'dead') await loseTarget(tools, target, dialed.why);
    return fail({ httpStatus: 502 });
  }
  if (!choseTls(dialed.first) || !place.advance('relay')) {
    dialed.socket.destroy();
    return fail({}, dialed.first);
  }
  let tls: TLSSocket;
  try {
    tls = await secureTarget(dialed.socket, confirmMs);
  } catch (error) {
    parts.log.warn({ err: error, target: target.name }, 'a target did not do tls');
    dialed.socket.destroy();
    return fail({ httpStatus: 502 });
  }
  const shown = tls.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
  const expected = async () => {
    const wanted = await options.fingerprintOf(target.id);
    return wanted === null || wanted === shown;
  };
  // A host that has renewed its certificate tells so right afterwards.
  if (!(await expected()) && (await pause(renewalMs)) && !(await expected())) {
    const why = `the target ${target.name} shows another certificate than its host has told of`;
    parts.log.error({ target: target.name, shown }, why);
    parts.notes.failed({ user: session.user, signedIn: true, address: order.address, why, correlationId: newId() });
    await options.certificateRefused(target, shown ?? '');
    tls.destroy();
    return fail({ httpStatus: 495 });
  }
  if (socket.destroyed) {
    tls.destroy();
    return;
  }
  const { address, port } = dialed.endpoint;
  socket.write(
    writeCleanPathResponse({
      serverAddress: `${address}:${port}`,
      x224ConnectionPdu: dialed.first,
      certificates: chainOf(tls),
    }),
  );
  const wishes = { keyboardLayout: order.keyboard };
  if (!(await passClientInfo(socket, tls, wishes, AbortSignal.timeout(limits.signInMs)))) {
    tls.destroy();
    return;
  }
  await carrySession(tools, grant, socket, tls, { toTarget: Buffer.alloc(0), toClient: Buffer.alloc(0) });
}
