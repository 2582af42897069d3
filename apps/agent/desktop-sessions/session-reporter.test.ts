import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MachineSession } from './machine-sessions.ts';
import type { HostReport } from './report-link.ts';
import { startSessionReporter } from './session-reporter.ts';

let folder: string;
const ends: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-reporter-'));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await rm(folder, { recursive: true });
});

const leave = async (name: string, type: string, user: string) => {
  const text = `type=${type}_session\nservice=x\nuser=${user}\ntty=:10\npid=${process.pid}\nrhost=\nend\n`;
  await writeFile(join(folder, `.${name}`), text);
  await rename(join(folder, `.${name}`), join(folder, name));
};

async function reporter(options: { readonly there?: () => MachineSession[]; readonly fails?: () => boolean }) {
  const reports: HostReport[] = [];
  const end = await startSessionReporter({
    folder,
    sessions: async () => options.there?.() ?? [],
    send: async (report) => {
      if (options.fails?.()) throw new Error('the server is away');
      reports.push(report);
      return { targets: [], publicKey: '', time: 0 };
    },
    answered: async () => {},
    log: () => {},
  });
  ends.push(end);
  return reports;
}

describe('telling of sessions', () => {
  it('begins with everything that is there, then tells each change at once and forgets it', async () => {
    const reports = await reporter({ there: () => [{ user: 'bob', hostSessionId: ':11', state: 'active' }] });
    await vi.waitFor(() => expect(reports).toHaveLength(1));
    expect(reports[0]).toMatchObject({ changes: [], sessions: [{ user: 'bob' }] });
    await leave('1.2.open_session', 'open', 'ada');
    await vi.waitFor(() => expect(reports.length).toBeGreaterThan(1));
    expect(reports[1]).toEqual({
      changes: [{ what: 'log-on', user: 'ada', hostSessionId: ':10' }],
      sessions: [
        { user: 'ada', hostSessionId: ':10', state: 'active' },
        { user: 'bob', hostSessionId: ':11', state: 'active' },
      ],
    });
    await vi.waitFor(async () => expect(await readdir(folder)).toEqual([]));
  });

  it('keeps what the server did not take, and brings it in order with the whole list when it is back', async () => {
    let away = true;
    const reports = await reporter({ fails: () => away });
    await leave('1.2.open_session', 'open', 'ada');
    await new Promise((resolve) => setTimeout(resolve, 20)); // the kernel's file times are this coarse
    await leave('1.3.close_session', 'close', 'ada');
    await writeFile(join(folder, 'nonsense'), 'x');
    expect(reports).toEqual([]);
    away = false;
    await vi.waitFor(() => expect(reports.length).toBeGreaterThan(0), 5000);
    const [first] = reports;
    expect(first!.changes.map((one) => one.what)).toEqual(['log-on', 'log-off']);
    expect(first!.sessions).toEqual([]);
    await vi.waitFor(async () => expect(await readdir(folder)).toEqual([]));
  });
});
