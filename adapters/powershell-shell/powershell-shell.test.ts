import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ask, startTestAgent, type TestAgent } from '@atelier/adapters/wsman-listener/testing';
import { child, ns, readCommandId, readCreatedShell, readOutput, textOf, type WsmanFault } from '@atelier/wsman';
import { afterEach, describe, expect, it } from 'vitest';
import { powerShell } from './index.ts';
import { fragmented, messageTypes as types } from './testing/message.ts';

// What answers here is testing/stand-in-pwsh.ts, which is not PowerShell.
const standIn = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  join(import.meta.dirname, 'testing/stand-in-pwsh.ts'),
];
const resourceUri = 'http://schemas.microsoft.com/powershell/Microsoft.PowerShell';
const commandId = '71320BB7-603B-46C3-A24A-F17E94E79AFC';

let agent: TestAgent;
afterEach(() => agent.stop());
const start = async (program: readonly string[] | null = standIn) => {
  agent = await startTestAgent({ transports: ['HTTP'], providers: [], shells: [powerShell({ program, stopMs: 300 })] });
};
const creation = Buffer.concat([
  fragmented(1, types.sessionCapability, '<Obj RefId="0"/>'),
  fragmented(2, types.initRunspacePool, '<Obj RefId="0"/>'),
]).toString('base64');
const create = (wishes = {}) =>
  ({
    kind: 'create-shell',
    shellId: null,
    name: null,
    inputStreams: ['stdin', 'pr'],
    outputStreams: ['stdout'],
    environment: {},
    workingDirectory: '/',
    lifetime: null,
    idleTimeout: null,
    bufferMode: null,
    noProfile: false,
    codePage: 65001,
    creationXml: creation,
    ...wishes,
  }) as const;
const options = [{ name: 'protocolversion', value: '2.3', mustComply: true }];
const open = async (wishes = {}, uri = resourceUri) =>
  readCreatedShell(await ask(agent.http, create(wishes), { resource: { resourceUri: uri, selectors: [] }, options }))
    .shellId;
const at = (shell: string) => ({
  resource: { resourceUri, selectors: [{ name: 'ShellId', value: shell }] },
  operationTimeout: 10_000,
});
const run = async (shell: string, what: string, id = commandId) => {
  const text = fragmented(3, types.createPipeline, what).toString('base64');
  const command = {
    kind: 'command',
    commandId: id,
    command: '',
    arguments: [text],
    consoleInput: true,
    skipShell: false,
    terminal: null,
  } as const;
  return readCommandId(await ask(agent.http, command, at(shell)));
};
const receive = async (shell: string, id: string | null = commandId, more = {}) =>
  readOutput(
    await ask(
      agent.http,
      { kind: 'receive', commandId: id, streams: ['stdout'], keepAlive: false },
      { ...at(shell), ...more },
    ),
  );
const all = async (shell: string, more = {}) => {
  const pieces: Buffer[] = [];
  for (;;) {
    const read = await receive(shell, commandId, more);
    pieces.push(...read.streams.map((one) => Buffer.from(one.data)));
    if (read.state === 'Done') return pieces;
  }
};
const send = (shell: string, name: string, id: string | null, text: string) => {
  const data = fragmented(4, types.pipelineOutput, text);
  return ask(agent.http, { kind: 'send', streams: [{ name, commandId: id, data, end: false }] }, at(shell));
};
const signal = (shell: string, code: string, id: string | null = commandId) =>
  ask(agent.http, { kind: 'signal', commandId: id, code }, at(shell));
// As clients send them: PowerShell's own spelling, and pypsrp's.
const ctrlC = 'powershell/signal/crtl_c';
const terminate = `${ns.shell}/signal/Terminate`;
const faultOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no fault',
    (error: WsmanFault) => error.body?.number ?? error.message,
  );

describe('a PowerShell session', () => {
  it('opens, says so on its own stream, runs pipelines, and is gone when it is deleted', async () => {
    await start();
    const shell = await open();
    const opened = await receive(shell, null);
    expect(opened.streams[0]).toMatchObject({ name: 'stdout', commandId: null });
    expect(Buffer.from(opened.streams[0]!.data).toString()).toContain('"RunspaceState">2<');
    expect(await faultOf(receive(shell, null, { operationTimeout: 100 }))).toBe(2150858793);
    expect(await run(shell, 'hello')).toBe(commandId);
    expect(Buffer.concat(await all(shell)).toString()).toMatch(/<S>hello<\/S>[\s\S]*"PipelineState">4</);
    await signal(shell, ctrlC);
    expect(await run(shell, 'again')).toBe(commandId);
    expect(Buffer.concat(await all(shell)).toString()).toContain('<S>again</S>');
    await signal(shell, terminate);
    await ask(agent.http, { kind: 'delete' }, at(shell));
    expect(await faultOf(receive(shell, null))).toBe(2150858843);
  });

  it('takes input of a pipeline and answers to its questions, and stops at ctrl_c', async () => {
    await start();
    const shell = await open();
    await run(shell, 'input');
    await send(shell, 'stdin', commandId, 'one');
    await send(shell, 'pr', commandId, 'two');
    let text = '';
    while (!text.includes('two'))
      text += (await receive(shell)).streams.map((one) => Buffer.from(one.data).toString()).join('');
    expect(text).toMatch(/Default:one[\s\S]*PromptResponse:two/);
    const rest = all(shell);
    await signal(shell, ctrlC);
    expect(Buffer.concat(await rest).toString()).toContain('"PipelineState">3<');
  });

  it('ends a pipeline that never ends, and goes on', async () => {
    await start();
    const shell = await open();
    await run(shell, 'wait');
    expect(await faultOf(receive(shell, commandId, { operationTimeout: 100 }))).toBe(2150858793);
    await signal(shell, terminate);
    expect(await faultOf(receive(shell))).toBe(2150858843);
    await run(shell, 'hello');
    expect(Buffer.concat(await all(shell)).toString()).toContain('hello');
  });

  it('gives whole fragments only, in answers that fit, and more than it keeps at a time', async () => {
    await start();
    const shell = await open();
    await run(shell, 'large');
    const pieces = await all(shell, { maxEnvelopeSize: 100_000 });
    expect(pieces.length).toBeGreaterThan(2);
    for (const one of pieces) expect(one.readUInt32BE(17)).toBeLessThanOrEqual(one.length - 21);
    await signal(shell, terminate);
    // Many small ones share an answer, whose size must not come from what is around them.
    await run(shell, 'crumbs');
    const crumbs = await all(shell, { maxEnvelopeSize: 153_600 });
    expect(Buffer.concat(crumbs).toString()).toMatch(/crumb 0<[\s\S]*crumb 2999</);
    expect(crumbs.length).toBeLessThan(1000);
    await signal(shell, terminate);
    await run(shell, 'flood');
    expect(Buffer.concat(await all(shell)).length).toBeGreaterThan(3_000_000);
  });

  it('tells when PowerShell crashes, with what it had said', async () => {
    await start();
    const shell = await open();
    await run(shell, 'crash');
    expect(Buffer.from((await receive(shell)).streams[0]!.data).toString()).toContain('before');
    await expect(receive(shell)).rejects.toThrow(/ended with the code 7\. out of luck/);
    expect(await faultOf(run(shell, 'hello', '71320BB7-603B-46C3-A24A-F17E94E79AFD'))).toBe(2150859212);
  });

  it('bears a few lines that are no packets, but no storm of them and none without end', async () => {
    await start();
    const shell = await open();
    await run(shell, 'garbage');
    expect(Buffer.concat(await all(shell)).toString()).toContain('after garbage');
    await signal(shell, terminate);
    await run(shell, 'garbage-storm');
    await expect(receive(shell)).rejects.toThrow(/no packets/);
    const other = await open();
    await run(other, 'long-line');
    await expect(receive(other)).rejects.toThrow(/a line is longer/);
  });

  it('is killed when a pipeline cannot be stopped, lest that runs on unseen', async () => {
    await start();
    const shell = await open();
    await run(shell, 'stuck');
    await signal(shell, ctrlC);
    await expect(receive(shell, null)).resolves.toBeDefined();
    await expect(receive(shell, null)).rejects.toThrow(/did not stop a pipeline/);
  });

  it('goes on behind the back of a client that disconnects, until that comes again', async () => {
    await start();
    const shell = await open();
    await receive(shell, null);
    await run(shell, 'input');
    const disconnect = (idleTimeout: number | null = null) =>
      ask(agent.http, { kind: 'disconnect', idleTimeout, bufferMode: null }, at(shell));
    const connect = { kind: 'connect', bufferMode: null, connectXml: 'AAAA' } as const;
    expect(await faultOf(ask(agent.http, { kind: 'reconnect' }, at(shell)))).toBe(2150859216);
    expect(await faultOf(disconnect(99_999_999_999))).toBe(2150859250);
    const waiting = [faultOf(receive(shell)), faultOf(receive(shell, null))];
    await send(shell, 'stdin', commandId, 'before');
    await expect(waiting[0]).resolves.toBe('no fault');
    await disconnect(60_000);
    await expect(waiting[1]).resolves.toBe(2150859204);
    expect(await faultOf(disconnect())).toBe(2150859215);
    expect(await faultOf(send(shell, 'stdin', commandId, 'meanwhile'))).toBe(2150859204);
    expect(await faultOf(ask(agent.http, connect, at(shell)))).toBe(2150859205);
    await ask(agent.http, { kind: 'reconnect' }, at(shell));
    await send(shell, 'stdin', commandId, 'after');
    expect(Buffer.from((await receive(shell)).streams[0]!.data).toString()).toMatch(/Default:after/);
    const rest = all(shell);
    await signal(shell, ctrlC);
    expect(Buffer.concat(await rest).toString()).toContain('"PipelineState">3<');
  });

  it('leaves no process behind, under any name of a configuration', async () => {
    await start();
    const resource = { resourceUri: `${resourceUri}.Workflow`, selectors: [] };
    const { shellId, shell } = readCreatedShell(await ask(agent.http, create(), { resource, options }));
    const pid = textOf(child(shell!, ns.shell, 'ProcessId')!);
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    await ask(agent.http, { kind: 'delete' }, at(shellId));
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  it('is refused where PowerShell is missing, without fragments, and when it does not start', async () => {
    await start(null);
    expect(await faultOf(open())).toBe(2150858752);
    await agent.stop();
    await start();
    expect(await faultOf(open({ creationXml: null }))).toBe(2150858810);
    expect(await faultOf(open({ creationXml: '!' }))).toBe(2150858810);
    expect(await faultOf(open({}, 'http://schemas.microsoft.com/powershell/Restricted'))).toBe(2150858752);
    await agent.stop();
    await start(['/bin/false']);
    expect(await faultOf(open())).toBe(2150859212);
  });
});
