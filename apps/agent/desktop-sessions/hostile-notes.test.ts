import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attachedDisplays } from './machine-sessions.ts';
import { largestNote, readSessionNote } from './noted-sessions.ts';
import { readSpool } from './report-spool.ts';

let seed = 20261121;
const below = (limit: number) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 8) % limit;
};
const pieces = [
  '\n',
  'end\n',
  '=',
  'user=root\n',
  'pid=0\n',
  'pid=-1\n',
  'tty=\x1b]0;x\x07\n',
  '\0',
  '9'.repeat(20),
  ':99999',
  '  ',
];
/** A changed copy: characters that are others, cut short, a piece that is there twice, or one that means something. */
function spoiled(sample: string): string {
  const at = below(sample.length + 1);
  const kind = below(6);
  if (kind === 0) return sample.slice(0, at);
  if (kind === 1) return sample.slice(0, at) + sample.slice(below(at + 1));
  if (kind < 4) return sample.slice(0, at) + pieces[below(pieces.length)] + sample.slice(at);
  const one = String.fromCharCode(below(2) === 0 ? below(256) : below(0x1_0000));
  return sample.slice(0, at) + one + sample.slice(at + 1);
}

const note = 'type=open_session\nservice=xrdp-sesman\nuser=ada\ntty=:10.0\npid=77\nrhost=192.0.2.7\nend\n';
const closing = 'type=close_session\nuser=corp\\éva\ntty=\npid=4194304\nend\n';

it('takes a note of a session or none from whatever a hook left: 20,000 files', () => {
  let taken = 0;
  for (let n = 0; n < 20_000; n++) {
    const text = spoiled(n % 2 === 0 ? note : closing);
    const found = readSessionNote(text);
    if (!found) continue;
    taken++;
    const { what, user, hostSessionId, pid } = found;
    const sound =
      (what === 'log-on' || what === 'log-off') &&
      /^\P{Cc}{1,256}$/u.test(user) &&
      /^\P{Cc}{1,64}$/u.test(hostSessionId) &&
      Number.isSafeInteger(pid) &&
      pid > 0;
    if (!sound) throw new Error(JSON.stringify({ text, found }));
  }
  expect(taken).toBeGreaterThan(3000);
  expect(taken).toBeLessThan(18_000);
});

it('finds displays or none in whatever the kernel lists: 5,000 lists', () => {
  const unix = '00000000e6cda251: 00000003 00000000 00000000 0001 03 2884552 /run/xrdp/sockdir/xrdp_display_34\n';
  const tcp = '   1: 0100007F:170F 0100007F:A2C4 01 00000000:00000000\n';
  let found = 0;
  for (let n = 0; n < 5000; n++)
    for (const display of attachedDisplays(spoiled(unix), spoiled(tcp))) {
      found++;
      if (!/^:\d+$/.test(display)) throw new Error(display);
    }
  expect(found).toBeGreaterThan(3000);
});

it('opens nothing that is no small file, and clears it away', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-notes-'));
  try {
    await writeFile(join(folder, '1.1.open_session'), note);
    await writeFile(join(folder, '1.2.open_session'), note.replace('user=', `user=${'x'.repeat(largestNote)}`));
    await writeFile(join(folder, '1.3.open_session'), note.replace('pid=77', 'pid=0'));
    await symlink('/dev/zero', join(folder, '1.4.open_session'));
    await mkdir(join(folder, '1.5.open_session', 'inside'), { recursive: true });
    const notes = await readSpool(folder, 10);
    expect(notes.map((one) => one.note.pid)).toEqual([77]);
    expect(await readdir(folder)).toEqual(['1.1.open_session']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
