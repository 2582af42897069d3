import { Agent, request } from 'node:https';
import { encodeText, readAnswer, type TextEncoding, type WsmanAnswer } from '@atelier/wsman';

const patience = 60_000;
const largestAnswer = 4 * 1024 * 1024;

/** How this machine signs in to a collector, PEM. `ca` is who must have signed the collector's certificate; undefined: the system's authorities. */
export interface LinkIdentity {
  readonly cert: string;
  readonly key: string;
  readonly ca: string | undefined;
}

/** A collector that did not take a message, for a reason that another try may mend. */
export class CollectorUnreachable extends Error {
  override readonly name = 'CollectorUnreachable';
}

/** A kept connection to one collector, signed in by certificate. */
export interface CollectorLink {
  /** Sends a message and gives the answer; null where there is none. @throws WsmanFault, CollectorUnreachable */
  send(address: string, text: string, encoding: TextEncoding, signal: AbortSignal): Promise<WsmanAnswer | null>;
  close(): void;
}

/** A link whose identity is looked up for each message: a certificate that was renewed is shown from then on. */
export function collectorLink(identity: () => Promise<LinkIdentity>): CollectorLink {
  let held: { readonly identity: string; readonly agent: Agent } | null = null;
  const agentOf = async (): Promise<Agent> => {
    const now = await identity();
    const text = JSON.stringify(now);
    if (held?.identity === text) return held.agent;
    held?.agent.destroy();
    const agent = new Agent({ ...now, keepAlive: true, keepAliveMsecs: 30_000, maxSockets: 4, minVersion: 'TLSv1.2' });
    held = { identity: text, agent };
    return agent;
  };
  const post = (agent: Agent, address: string, body: Buffer, encoding: TextEncoding, signal: AbortSignal) =>
    new Promise<{ readonly status: number; readonly bytes: Buffer }>((resolve, reject) => {
      const end = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
      const headers = {
        'Content-Type': `application/soap+xml;charset=${encoding.toUpperCase()}`,
        'Content-Length': body.length,
        Authorization: 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual',
      };
      const sent = request(address, { method: 'POST', agent, headers, signal: end }, (answer) => {
        const parts: Buffer[] = [];
        let size = 0;
        answer.on('data', (part: Buffer) => {
          size += part.length;
          if (size > largestAnswer) answer.destroy(new Error('the answer is too large'));
          else parts.push(part);
        });
        answer.once('error', reject);
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, bytes: Buffer.concat(parts) }));
      });
      sent.once('error', reject);
      sent.end(body);
    });
  return {
    async send(address, text, encoding, signal) {
      const { host } = new URL(address);
      const agent = await agentOf();
      const sent = post(agent, address, encodeText(text, encoding), encoding, signal);
      const answer = await sent.catch((cause: unknown) => {
        signal.throwIfAborted();
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new CollectorUnreachable(`${host} does not answer: ${why}`, { cause });
      });
      const soap = answer.bytes.length > 0 && (answer.status === 200 || answer.status === 500);
      if (answer.status === 204 || (answer.status === 200 && !soap)) return null;
      if (!soap) throw new CollectorUnreachable(`${host} answered with status ${answer.status}`);
      return readAnswer(answer.bytes);
    },
    close: () => held?.agent.destroy(),
  };
}
