import { commandShell } from '@atelier/adapters/command-shell';
import { ns, readCommandId, readCreatedShell, readItems, readOutput, textOf, type WsmanFault } from '@atelier/wsman';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, startTestAgent, type TestAgent, type TestAgentOptions } from '../testing/index.ts';

let agent: TestAgent;
afterEach(() => agent.stop());
const start = async (winrs: TestAgentOptions['winrs'] = {}) => {
  agent = await startTestAgent({
    transports: ['HTTP'],
    providers: [],
    shells: [commandShell()],
    people: { admin: 'Secret-1', second: 'Secret-2' },
    winrs,
  });
};

const cmd = `${ns.shell}/cmd`;
const at = (shell: string) => ({ resource: { resourceUri: cmd, selectors: [{ name: 'ShellId', value: shell }] } });
const plain = {
  shellId: null,
  name: null,
  inputStreams: ['stdin'],
  outputStreams: ['stdout', 'stderr'],
  environment: {},
  workingDirectory: '/',
  lifetime: null,
  idleTimeout: null,
  bufferMode: null,
  noProfile: false,
  codePage: 65001,
  creationXml: null,
} as const;
const create = (wishes = {}) => ({ kind: 'create-shell', ...plain, ...wishes }) as const;
const open = async (wishes = {}, more = {}) =>
  readCreatedShell(await ask(agent.http, create(wishes), { resource: { resourceUri: cmd, selectors: [] }, ...more }))
    .shellId;
const command = (line: string, wishes = {}) =>
  ({
    kind: 'command',
    commandId: null,
    command: line,
    arguments: [],
    consoleInput: true,
    skipShell: false,
    terminal: null,
    ...wishes,
  }) as const;
const run = async (shell: string, line: string) => readCommandId(await ask(agent.http, command(line), at(shell)));
const receive = (commandId: string) =>
  ({ kind: 'receive', commandId, streams: ['stdout', 'stderr'], keepAlive: false }) as const;
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no fault',
    (error: WsmanFault) => error.body?.number ?? error.message,
  );

describe('shells', () => {
  it('are listed, with their commands, read, and deleted', async () => {
    await start();
    const shell = await open({ name: 'mine' });
    const id = await run(shell, 'sleep 100');
    const enumerate = {
      kind: 'enumerate',
      filter: null,
      mode: 'object',
      polymorphism: null,
      optimize: true,
      maxElements: 10,
      expires: null,
    } as const;
    const shells = readItems(
      await ask(agent.http, enumerate, { resource: { resourceUri: ns.shell, selectors: [] } }),
      'object',
    );
    expect(shells.items.map((one) => textOf(one.item!))).toEqual([expect.stringContaining(shell)]);
    const read = await ask(
      agent.http,
      { kind: 'get' },
      { resource: { resourceUri: ns.shell, selectors: at(shell).resource.selectors } },
    );
    expect(textOf(read.body[0]!)).toContain('mine');
    expect(id).toMatch(/^[0-9A-F-]{36}$/);
    await ask(agent.http, { kind: 'delete' }, at(shell));
    expect(await faultOf(ask(agent.http, receive(id), at(shell)))).toBe(2150858843);
    expect(agent.records.map((one) => one.kind)).toEqual(
      expect.arrayContaining(['shell-opened', 'command', 'shell-closed']),
    );
  });

  it('take ids that are proposed, once', async () => {
    await start();
    const shellId = '88F04C09-D172-4567-967D-D6A845390A00';
    expect(await open({ shellId })).toBe(shellId);
    expect(await faultOf(open({ shellId }))).toBe(2150859223);
    const commandId = '71320BB7-603B-46C3-A24A-F17E94E79AFC';
    await ask(agent.http, command('true', { commandId }), at(shellId));
    expect(await faultOf(ask(agent.http, command('true', { commandId }), at(shellId)))).toBe(2150859222);
    expect(await faultOf(ask(agent.http, command('true', { commandId: 'x' }), at(shellId)))).toBe(2150859220);
  });

  it('are nobody else’s, cannot be disconnected, and are not PowerShell’s', async () => {
    await start();
    const shell = await open();
    const other = { user: 'second', password: 'Secret-2' };
    expect(await faultOf(ask(agent.http, command('true'), { ...at(shell), ...other }))).toBe(2150858843);
    expect(await faultOf(ask(agent.http, { kind: 'disconnect', idleTimeout: null, bufferMode: null }, at(shell)))).toBe(
      2150859205,
    );
    const powershell = {
      resource: { resourceUri: 'http://schemas.microsoft.com/powershell/Microsoft.PowerShell', selectors: [] },
    };
    expect(await faultOf(open({}, powershell))).toBe(2150858752);
  });

  it('have quotas of users, of their being there at all, of processes and memory', async () => {
    await start({ MaxConcurrentUsers: 1, MaxProcessesPerShell: 4, MaxShellsPerUser: 1 });
    const shell = await open();
    expect(await faultOf(open())).toBe(2150859173);
    expect(await faultOf(open({}, { user: 'second', password: 'Secret-2' }))).toBe(2150859179);
    const id = await run(shell, 'for n in 1 2 3 4 5 6; do sleep 100 & done; wait');
    expect(await faultOf(ask(agent.http, receive(id), { ...at(shell), operationTimeout: 10_000 }))).toBe(2150858815);
    const { settings } = agent;
    await settings.update((now) => ({
      ...now,
      config: { ...now.config, Winrs: { ...now.config.Winrs, AllowRemoteShellAccess: false } },
    }));
    expect(await faultOf(open())).toBe(2150859180);
  });

  it('end when they take too much memory', async () => {
    await start({ MaxMemoryPerShellMB: 1 });
    const shell = await open();
    const id = await run(shell, 'for n in 1 2 3 4 5 6; do sleep 100 & done; wait');
    expect(await faultOf(ask(agent.http, receive(id), { ...at(shell), operationTimeout: 10_000 }))).toBe(2150858815);
  });

  it.each(['IdleTimeout', 'MaxShellRunTime'])('end after their time: %s', async (name) => {
    await start({ [name]: 300 });
    const shell = await open();
    if (name === 'MaxShellRunTime') await run(shell, 'sleep 100');
    await expect
      .poll(() => faultOf(ask(agent.http, { kind: 'get' }, at(shell))), { timeout: 5000, interval: 1500 })
      .toBe(2150858843);
  });

  it('give the first output at once, and the rest in answers that fit', async () => {
    await start();
    const shell = await open();
    const started = performance.now();
    const id = await run(shell, 'echo first; sleep 0.3; head -c 300000 /dev/zero');
    const first = readOutput(await ask(agent.http, receive(id), { ...at(shell), maxEnvelopeSize: 153_600 }));
    const ms = performance.now() - started;
    expect([first.state, Buffer.from(first.streams[0]!.data).toString()]).toEqual(['Running', 'first\n']);
    expect(ms).toBeLessThan(300);
    let bytes = 0;
    for (;;) {
      const read = readOutput(await ask(agent.http, receive(id), { ...at(shell), maxEnvelopeSize: 153_600 }));
      for (const one of read.streams) bytes += one.data.length;
      if (read.state === 'Done') break;
    }
    expect(bytes).toBe(300_000);
  });
});
