import { Agent, request } from 'node:https';
import { readEnrollment } from '../enrollment/enrollment-file.ts';
import type { MachineSession } from './machine-sessions.ts';

/** Where a server takes reports of sessions. */
export const reportPath = '/agent/desktop-sessions';

const patience = 20_000;
const largestAnswer = 64 * 1024;

/** What a host tells: what changed, oldest first, and everything that is there, when it says so. */
export interface HostReport {
  readonly changes: readonly {
    readonly what: 'log-on' | 'log-off';
    readonly user: string;
    readonly hostSessionId: string;
  }[];
  readonly sessions: readonly MachineSession[] | null;
}

/** What the server says: which of its targets this machine is, by whose key single-use passwords for them are, and its time. */
export interface HostReportAnswer {
  readonly targets: readonly string[];
  readonly publicKey: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Brings reports to the server that this machine is enrolled with. */
export function reportLink(stateFolder: string): {
  send(report: HostReport, signal: AbortSignal): Promise<HostReportAnswer>;
  close(): void;
} {
  let held: { readonly identity: string; readonly agent: Agent } | null = null;
  return {
    async send(report, signal) {
      const enrollment = await readEnrollment(stateFolder);
      if (!enrollment) throw new Error('this machine is enrolled with no server');
      const { certificate: cert, privateKey: key, ca, server } = enrollment;
      const identity = { cert, key, ca };
      if (held?.identity !== JSON.stringify(identity)) {
        held?.agent.destroy();
        const agent = new Agent({ ...identity, keepAlive: true, maxSockets: 1, minVersion: 'TLSv1.2' });
        held = { identity: JSON.stringify(identity), agent };
      }
      const body = Buffer.from(JSON.stringify(report));
      return await post(held.agent, new URL(reportPath, server), body, signal);
    },
    close: () => held?.agent.destroy(),
  };
}

function post(agent: Agent, address: URL, body: Buffer, signal: AbortSignal): Promise<HostReportAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/vnd.atelier.host-report+json', 'content-length': body.length };
    const end = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    const sent = request(address, { method: 'POST', agent, headers, signal: end }, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size > largestAnswer) answer.destroy(new Error('the answer is too large'));
        else parts.push(part);
      });
      answer.once('error', reject);
      answer.once('end', () => {
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode !== 200)
          return reject(new Error(`${address.host} answered with ${answer.statusCode}: ${text.slice(0, 300)}`));
        try {
          resolve(answerOf(JSON.parse(text)));
        } catch (cause) {
          reject(new Error(`${address.host} did not answer as it should`, { cause }));
        }
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

function answerOf(value: HostReportAnswer): HostReportAnswer {
  const { targets, publicKey, time } = value;
  if (!Array.isArray(targets) || !targets.every((one) => typeof one === 'string') || typeof publicKey !== 'string')
    throw new Error('it is of another form');
  return { targets, publicKey, time: Number.isFinite(time) ? time : Date.now() };
}
