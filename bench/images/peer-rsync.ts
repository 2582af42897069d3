import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Peer, versionsOf } from './peer.ts';
import { timedRun } from './timed-run.ts';

let daemon: ChildProcess | undefined;
const daemonPort = 28_730;

/** rsync's own daemon, compressing. It is not a static server: each client costs the server a pass over the disk. */
export const rsync: Peer & { readonly port: number; stop(): void } = {
  name: 'rsync',
  port: daemonPort,
  async prepare({ scratch, disk }) {
    for (const version of [1, 2, 3]) {
      const folder = join(scratch, 'rsync', `v${version}`);
      mkdirSync(folder, { recursive: true });
      linkSync(disk(version), join(folder, 'disk.img'));
    }
    const config = join(scratch, 'rsync', 'rsyncd.conf');
    writeFileSync(
      config,
      `use chroot = no\nuid = root\ngid = root\nlog file = ${scratch}/rsync/log\n[disks]\npath = ${scratch}/rsync\nread only = yes\n`,
    );
    daemon = spawn(
      'rsync',
      ['--daemon', '--no-detach', '--address=127.0.0.1', `--port=${daemonPort}`, `--config=${config}`],
      { stdio: 'inherit' },
    );
    for (let tries = 0; tries < 100 && !(await answers()); tries++) await sleep(50);
    return [];
  },
  async fetch({ scratch, limitSeconds }, name, port, target) {
    if (name === 'usr→v1') return null;
    const { to, from } = versionsOf(name);
    const into = join(dirname(target), 'rsync-out');
    const seed = from ? [`--copy-dest=${scratch}/rsync/v${from}`] : [];
    const command = [
      'rsync',
      '-tz',
      '--ignore-times',
      '--no-whole-file',
      '--sparse',
      '--stats',
      '--no-human-readable',
      ...seed,
      `rsync://127.0.0.1:${port}/disks/v${to}/disk.img`,
      `${into}/disk.img`,
    ];
    rmSync(into, { recursive: true, force: true });
    mkdirSync(into, { recursive: true });
    const timed = await timedRun(command, { limitSeconds });
    if (existsSync(target)) throw new Error(`${target} exists`);
    renameSync(join(into, 'disk.img'), target);
    const sum = ['sent', 'received'].map((way) =>
      Number(new RegExp(`Total bytes ${way}: (\\d+)`).exec(timed.output)?.[1]),
    );
    return { ...timed, wireBytes: sum[0]! + sum[1]! };
  },
  stop: () => void daemon?.kill(),
};

const answers = () =>
  new Promise<boolean>((resolve) => {
    const socket = connect(daemonPort, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
