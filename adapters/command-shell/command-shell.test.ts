import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { CommandRequest, OperationContext, ShellCommand, ShellRequest } from '@atelier/plugin-kit';
import { describe, expect, it } from 'vitest';
import { commandShell } from './index.ts';

const { uid, gid, homedir, username } = userInfo();
const context: OperationContext = {
  user: { name: username, account: { uid, gid, home: homedir, shell: '/bin/sh' }, administrator: true },
  clientAddress: '127.0.0.1',
  signal: new AbortController().signal,
  deadline: Number.MAX_SAFE_INTEGER,
  locales: [],
  options: [],
  activityId: '',
};
const open = (wishes: Partial<ShellRequest> = {}) =>
  commandShell().open(
    {
      resourceUri: '',
      selectors: [],
      shellId: 'A',
      name: null,
      inputStreams: ['stdin'],
      outputStreams: ['stdout', 'stderr'],
      environment: {},
      workingDirectory: '/',
      codePage: 65001,
      ...wishes,
    },
    context,
  );
const request = (command: string, wishes: Partial<CommandRequest> = {}): CommandRequest => ({
  commandId: 'B',
  command,
  arguments: [],
  skipShell: false,
  consoleInput: true,
  terminal: null,
  ...wishes,
});
const never = new AbortController().signal;

async function readAll(command: ShellCommand) {
  const text = { stdout: '', stderr: '' };
  for (;;) {
    const { outputs, exitCode } = await command.read(['stdout', 'stderr'], 100_000, never);
    for (const one of outputs) text[one.stream as keyof typeof text] += Buffer.from(one.data).toString();
    if (exitCode !== null) return { ...text, exitCode };
  }
}

async function run(line: string, wishes: Partial<ShellRequest> = {}, how: Partial<CommandRequest> = {}) {
  const shell = await open(wishes);
  try {
    return await readAll(await shell.command(request(line, how), context));
  } finally {
    await shell.close();
  }
}

const alive = (pid: string) =>
  readFile(`/proc/${pid}/stat`, 'utf8').then(
    (text) => !/\) Z /.test(text),
    () => false,
  );

describe('a command of the command shell', () => {
  it('gives its output, its errors and its exit code', async () =>
    expect(await run('echo out; echo err >&2; exit 3')).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 }));

  it('runs where and with what the shell was opened', async () =>
    expect(
      await run('pwd; echo $WORD; echo $PERL5OPT', { workingDirectory: '/tmp', environment: { WORD: 'é x' } }),
    ).toMatchObject({
      stdout: '/tmp\né x\n\n',
    }));

  it('joins arguments, and takes words as they are when no shell is wished', async () => {
    expect(await run('echo', {}, { arguments: ['a', '$HOME'] })).toMatchObject({ stdout: `a ${homedir}\n` });
    expect(await run('echo', {}, { arguments: ['"a  b"', '$HOME'], skipShell: true })).toMatchObject({
      stdout: 'a  b $HOME\n',
    });
    expect(await run('no-such-program-here', {}, { skipShell: true })).toMatchObject({
      exitCode: 127,
      stderr: /not recognized/ as never,
    });
  });

  it('speaks the code page of the shell', async () => {
    const shell = await open({ codePage: 850 });
    const command = await shell.command(request('cat'), context);
    await command.write('stdin', Uint8Array.of(0x82, 0x0a), true, never);
    const { outputs } = await command.read(['stdout'], 100, never);
    expect([...outputs[0]!.data]).toEqual([0x82, 0x0a]);
    await shell.close();
  });

  it('can open /dev/stdout, which a socket would refuse', async () =>
    expect(await run('echo x > /dev/stdout; echo y > /dev/stderr')).toEqual({
      stdout: 'x\n',
      stderr: 'y\n',
      exitCode: 0,
    }));

  it('ends although something in the background holds its output open, and takes that along when the shell closes', async () => {
    const shell = await open();
    const command = await shell.command(
      request('sleep 1000 & setsid sleep 1001 & (setsid sleep 1002 &) ; echo $!; exit 4'),
      context,
    );
    const { stdout, exitCode } = await readAll(command);
    expect(exitCode).toBe(4);
    expect(await alive(stdout.trim())).toBe(true);
    expect((await shell.usage()).processes).toBeGreaterThanOrEqual(3);
    await shell.close();
    expect(await alive(stdout.trim())).toBe(false);
    expect((await shell.usage()).processes).toBe(0);
  });

  it('is interrupted by ctrl_c, broken by ctrl_break, and ended by terminate', async () => {
    const shell = await open();
    const trap = await shell.command(
      request("trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.05; done"),
      context,
    );
    await trap.read(['stdout'], 100, never);
    await trap.signal('ctrl_c');
    expect(await readAll(trap)).toMatchObject({ stdout: 'caught\n', exitCode: 9 });
    const broken = await shell.command(request('echo ready; exec sleep 1000'), context);
    await broken.read(['stdout'], 100, never);
    await broken.signal('ctrl_break');
    expect(await readAll(broken)).toMatchObject({ exitCode: 131 });
    const ended = await shell.command(request('echo ready; exec sleep 1000'), context);
    await ended.read(['stdout'], 100, never);
    await ended.signal('terminate');
    expect(await readAll(ended)).toMatchObject({ exitCode: 137 });
    await shell.close();
  });

  it('has a terminal of the size that is asked for', async () => {
    const shell = await open();
    const command = await shell.command(
      request('stty size; read x; stty size; exec sleep 1000', { terminal: { columns: 80, rows: 24 } }),
      context,
    );
    const first = await command.read(['stdout'], 100, never);
    expect(Buffer.from(first.outputs[0]!.data).toString()).toBe('24 80\r\n');
    await command.signal('resize-132x43');
    await command.write('stdin', Buffer.from('\n'), false, never);
    let text = '';
    while (!text.includes('43 132'))
      text += (await command.read(['stdout'], 100, never)).outputs
        .map((one) => Buffer.from(one.data).toString())
        .join('');
    await command.signal('ctrl_c');
    expect(await readAll(command)).toMatchObject({ exitCode: 130 });
    await shell.close();
  });

  it('is held back when nobody reads, and gives everything when somebody does', async () => {
    const shell = await open();
    const command = await shell.command(request('head -c 50000000 /dev/zero; echo end >&2'), context);
    await expect.poll(async () => (await shell.usage()).processes).toBeGreaterThan(0);
    let bytes = 0;
    for (;;) {
      const { outputs, exitCode } = await command.read(['stdout', 'stderr'], 100_000, never);
      for (const one of outputs) {
        expect(one.data.length).toBeLessThanOrEqual(100_000);
        bytes += one.data.length;
      }
      if (exitCode !== null) break;
    }
    expect(bytes).toBe(50_000_004);
    await shell.close();
  });

  it('says what a Windows user knows when PowerShell is missing', async () => {
    const { exitCode, stderr } = await run('powershell -encodedcommand ZQA=');
    expect([exitCode, stderr]).toEqual([
      127,
      expect.stringContaining('is not recognized as an internal or external command'),
    ]);
  });

  it('waits no longer than it may', async () => {
    const shell = await open();
    const command = await shell.command(request('exec sleep 1000'), context);
    expect(await command.read(['stdout'], 100, AbortSignal.timeout(50))).toEqual({ outputs: [], exitCode: null });
    await shell.close();
  });
});
