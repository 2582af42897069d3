import { AtelierError } from '@atelier/domain/errors';
import { describe, expect, it } from 'vitest';
import { readQuser } from '../windows-sessions/read-quser.ts';
import { mostSessions, readHostReport, readReturnQuestion } from './host-report.ts';
import { targetOf } from './share-sessions.ts';

let seed = 20261121;
const below = (limit: number) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 8) % limit;
};
/** What JSON and names are made of, and what breaks them. */
const pieces = [
  '"',
  '{',
  '[',
  ']',
  '}',
  ',',
  ':',
  'null',
  '1e999',
  '\\u0000',
  '\\ud800',
  '\0',
  '\x1b[2J',
  '"__proto__":',
  '\u202e',
];
/** A changed copy: octets that are others, cut short, a piece that is there twice, or one that means something. */
function spoiled(sample: Buffer): Buffer {
  const at = below(sample.length + 1);
  const kind = below(6);
  if (kind === 0) return sample.subarray(0, at);
  if (kind === 1) return Buffer.concat([sample.subarray(0, at), sample.subarray(below(at + 1))]);
  if (kind < 4)
    return Buffer.concat([sample.subarray(0, at), Buffer.from(pieces[below(pieces.length)]!), sample.subarray(at)]);
  const bytes = Buffer.from(sample);
  for (let n = 1 + below(3); n > 0; n--) bytes[below(bytes.length)] = below(256);
  return bytes;
}

/** How many of so many spoiled messages are taken; all others are refused as what they are. */
function taken<Value>(count: number, sample: object, read: (body: Buffer) => Value, check: (value: Value) => void) {
  const bytes = Buffer.from(JSON.stringify(sample));
  let passed = 0;
  for (let n = 0; n < count; n++) {
    const body = spoiled(bytes);
    try {
      check(read(body));
      passed++;
    } catch (error) {
      if (!(error instanceof AtelierError) || error.code !== 'request.invalid')
        throw new Error(`fuzz case ${body.toString('hex')}`, { cause: error });
    }
  }
  return passed;
}

const seen = { user: 'Éva', hostSessionId: ':10', state: 'active' };
const report = {
  changes: [
    { what: 'log-on', user: 'ada', hostSessionId: ':10' },
    { what: 'log-off', user: 'bob', hostSessionId: 'pid 77' },
  ],
  sessions: [seen, { user: 'corp\\ada', hostSessionId: '12', state: 'disconnected' }],
};
const isName = (name: string) => expect(name.length > 0 && name.length <= 256).toBe(true);

describe('what a host tells, whatever it is', () => {
  it('is a report or refused as none: 10,000 of them', () => {
    const known = [{ targetId: 'B', user: 'ada', hostSessionId: ':10' }];
    const passed = taken(10_000, report, readHostReport, ({ changes, sessions }) => {
      for (const one of [...changes, ...(sessions ?? [])]) {
        expect(['what user hostSessionId', 'user hostSessionId state']).toContain(Object.keys(one).join(' '));
        isName(one.user);
        isName(one.hostSessionId);
        expect(['A', 'B']).toContain(targetOf(['A', 'B'], known, one));
      }
    });
    expect(passed).toBeGreaterThan(500);
  });

  it('is a question or refused as none: 5,000 of them', () => {
    const passed = taken(5000, { user: 'Éva' }, readReturnQuestion, ({ user }) => isName(user));
    expect(passed).toBeGreaterThan(500);
  });

  it('is not more than a host can have', () => {
    const refused = (value: unknown) =>
      expect(() => readHostReport(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)))).toThrow(
        expect.objectContaining({ code: 'request.invalid' }),
      );
    const sessions = (count: number) => ({ changes: [], sessions: Array(count).fill(seen) });
    expect(readHostReport(Buffer.from(JSON.stringify(sessions(mostSessions)))).sessions).toHaveLength(mostSessions);
    refused(sessions(mostSessions + 1));
    refused({ changes: Array(501).fill(report.changes[0]), sessions: null });
    refused({ changes: [], sessions: [{ ...seen, user: 'x'.repeat(257) }] });
    refused({ changes: [], sessions: [{ ...seen, user: '' }] });
    // As deep as a report may be long.
    refused('['.repeat(1024 * 1024));
    refused(`{"changes":${'['.repeat(500_000)}${']'.repeat(500_000)},"sessions":null}`);
  });
});

describe('what quser says, whatever it is', () => {
  const table = Buffer.from(` USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME\r
>administrator         console             1  Active      none   9/20/2026 8:02 AM\r
 alice                                     3  Disc      1+02:03  7/14/2026 10:00 PM\r
`);
  const read = (stdout: string) => readQuser({ exitCode: 1, stdout, stderr: '' });

  it('is sessions, or not understood: 5,000 tables', () => {
    let understood = 0;
    for (let n = 0; n < 5000; n++) {
      const found = read(spoiled(table).toString('utf8'));
      if (found === null) continue;
      understood++;
      for (const { user, hostSessionId, state } of found) {
        expect(user.length <= 22 && user.trim() === user && user !== '').toBe(true);
        expect(hostSessionId).toMatch(/^\d{1,10}$/);
        expect(['active', 'disconnected']).toContain(state);
      }
    }
    expect(understood).toBeGreaterThan(1000);
    expect(understood).toBeLessThan(5000);
  });

  it('is not understood when it is endless, at once', () => {
    const head = 'USERNAME\n';
    const begun = performance.now();
    for (const line of [
      ' '.repeat(262_144),
      ` a${' '.repeat(131_072)}${'x'.repeat(131_072)}`,
      ` ${'a  '.repeat(87_000)}`,
    ])
      expect(read(`${head} ${line}.\n`)).toBeNull();
    expect(read(head + ' alice                                     3  Disc\n'.repeat(mostSessions + 1))).toBeNull();
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
