import { Agent, request } from 'node:https';
import { readEnrollment } from '../enrollment/enrollment-file.ts';
import type { MachineSession } from './machine-sessions.ts';

/** Where a server takes reports of sessions, and questions about passwords that are used up. */
export const reportPath = '/agent/desktop-sessions';
export const returnPath = '/agent/desktop-returns';

const patience = 20_000;
/** A log-on waits for it, three seconds in all. */
const returnPatience = 2000;
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

/** Talks to the server that this machine is enrolled with, as the host that it is. */
export function reportLink(stateFolder: string): {
  send(report: HostReport, signal: AbortSignal): Promise<HostReportAnswer>;
  /** Whether a user may be let in again by a single-use password that is used up: their client came back with its token a moment ago. */
  mayReturn(user: string): Promise<boolean>;
  close(): void;
} {
  let held: { readonly identity: string; readonly agent: Agent } | null = null;
  const talk = async (path: string, message: object): Promise<Conversation> => {
    const enrollment = await readEnrollment(stateFolder);
    if (!enrollment) throw new Error('this machine is enrolled with no server');
    const { certificate: cert, privateKey: key, ca, server } = enrollment;
    const identity = { cert, key, ca };
    if (held?.identity !== JSON.stringify(identity)) {
      held?.agent.destroy();
      const agent = new Agent({ ...identity, keepAlive: true, maxSockets: 2, minVersion: 'TLSv1.2' });
      held = { identity: JSON.stringify(identity), agent };
    }
    return { agent: held.agent, address: new URL(path, server), body: Buffer.from(JSON.stringify(message)) };
  };
  return {
    send: async (report, signal) =>
      await post(
        await talk(reportPath, report),
        'application/vnd.atelier.host-report+json',
        AbortSignal.any([signal, AbortSignal.timeout(patience)]),
        (value) => answerOf(value as HostReportAnswer),
      ),
    mayReturn: async (user) =>
      await post(
        await talk(returnPath, { user }),
        'application/vnd.atelier.desktop-return+json',
        AbortSignal.timeout(returnPatience),
        (value) => (value as { readonly admitted?: unknown }).admitted === true,
      ),
    close: () => held?.agent.destroy(),
  };
}

interface Conversation {
  readonly agent: Agent;
  readonly address: URL;
  readonly body: Buffer;
}

function post<Answer>(
  { agent, address, body }: Conversation,
  contentType: string,
  end: AbortSignal,
  understand: (value: unknown) => Answer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType, 'content-length': body.length };
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
          resolve(understand(JSON.parse(text)));
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
