import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, childrenOf, password, startAgentProcess, user } from './agent/agent-process.ts';
import { pywinrm } from './agent/pywinrm.ts';
import { type Atelier, makeAtelier } from './cli/atelier.ts';

// Plug-ins as people have them: put in place by the command, loaded by an agent in a process of its own, read by Debian's pywinrm and by winrm.

const template = join(import.meta.dirname, '../plugin-kit/template');
const wild = `export const createProvider = () => ({
  name: 'Wild', namespace: 'root/wild',
  classes: ['W_Loop', 'W_Exit', 'W_Never'].map((name) => ({ name, properties: [{ name: 'Id', type: 'uint32', key: true }] })),
  sources: {
    W_Loop: { list: () => { for (;;); } },
    W_Exit: { list: () => process.exit(3) },
    W_Never: { list: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }) },
  },
});`;

let folder: string;
let place: string;
let agent: AgentProcess;
let cli: Atelier;

const plugin = (name: string, code: string, more: object = {}): string => {
  const path = join(folder, name);
  mkdirSync(path);
  const manifest = { kind: 'cim-provider', name, version: '1', module: 'index.mjs', ...more };
  writeFileSync(join(path, 'plugin.json'), JSON.stringify(manifest));
  writeFileSync(join(path, 'index.mjs'), code);
  return path;
};
const winrm = (...args: string[]) =>
  cli.run(['winrm', ...args, `-r:${agent.http}`, `-u:${user}`, '-a:basic', '-unencrypted']);
const coffee = 'wmi/root/sample/Sample_CoffeeMachine';
const report = (): readonly { readonly folder: string; readonly state: string }[] => {
  const path = join(agent.folder, 'plug-ins.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-plug-ins-'));
  place = join(folder, 'in-place');
  cli = await makeAtelier();
  cpSync(template, join(folder, 'coffee'), { recursive: true });
  agent = await startAgentProcess(undefined, { pluginFolder: place });
  Object.assign(cli.env, {
    ATELIER_AGENT_PLUGINS: place,
    ATELIER_AGENT_STATE: agent.folder,
    ATELIER_WINRM_PASSWORD: password,
  });
});
afterAll(async () => {
  await agent?.stop();
  await cli?.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('a plug-in made from the template', () => {
  it('is checked, put in place, read at SIGHUP, and answers pywinrm and winrm as the agent’s own classes do', async () => {
    expect((await winrm('enumerate', coffee)).code).not.toBe(0);
    expect((await cli.run(['agent', 'plugin', 'check', join(folder, 'coffee')])).code).toBe(0);
    const added = await cli.run(['agent', 'plugin', 'add', join(folder, 'coffee')]);
    expect([added.code, added.err]).toEqual([0, expect.stringContaining('systemctl reload atelier-agent')]);
    agent.child.kill('SIGHUP');
    await expect.poll(report, { timeout: 20_000 }).toMatchObject([{ state: 'loaded' }]);
    expect(await cli.json('agent', 'plugin', 'ls')).toMatchObject([
      { state: 'loaded', name: 'Coffee machines', classes: ['Sample_CoffeeMachine'] },
    ]);
    const result = await pywinrm<readonly string[]>(
      agent,
      `
import xmltodict
p = protocol()
def call(action, body, **more):
    rq = {'env:Envelope': p._get_soap_header(resource_uri='http://schemas.microsoft.com/wbem/wsman/1/wmi/root/sample/Sample_CoffeeMachine', action=action)}
    if more: rq['env:Envelope']['env:Header']['w:SelectorSet'] = {'w:Selector': [{'@Name': k, '#text': v} for k, v in more.items()]}
    rq['env:Envelope']['@xmlns:n'] = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration'
    rq['env:Envelope']['env:Body'] = body
    return xmltodict.parse(p.send_message(xmltodict.unparse(rq)))['s:Envelope']['s:Body']
all = call('http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate', {'n:Enumerate': {'w:OptimizeEnumeration': None, 'w:MaxElements': '10'}})
one = call('http://schemas.xmlsoap.org/ws/2004/09/transfer/Get', None, Name='Lobby')
print(json.dumps([m['p:Name'] for m in all['n:EnumerateResponse']['w:Items']['p:Sample_CoffeeMachine']] + [one['p:Sample_CoffeeMachine']['p:Name']]))`,
    );
    expect(result).toEqual(['kitchen', 'lobby', 'lobby']);
    expect((await winrm('invoke', 'Brew', `${coffee}?Name=kitchen`, '@{Cups="3"}')).out).toMatch(/CupsMade = 3/);
    expect((await winrm('get', `${coffee}?Name=kitchen`, '-fragment:CupsMade/text()')).out).toBe('3\n');
    const shown = (await winrm('get', 'winrm/config/plugin?Name=Coffee machines', '-format:pretty')).out;
    for (const one of ['wmi/root/sample', 'Type="Get"', 'Type="Enumerate"', 'Type="Subscribe"', 'Type="Invoke"'])
      expect(shown).toContain(one);
    expect(shown).not.toMatch(/Type="(Put|Create|Delete)"/);
  });

  it('for a resource of its own answers under its own URI from the reload on', async () => {
    const note = 'http://example.org/wsman/note';
    cpSync(join(template, '../resource-template'), join(folder, 'notes'), { recursive: true });
    expect((await cli.run(['agent', 'plugin', 'add', join(folder, 'notes')])).code).toBe(0);
    expect((await winrm('enumerate', note)).err).toMatch(/2150858752/);
    agent.child.kill('SIGHUP');
    await expect.poll(() => report().length, { timeout: 20_000 }).toBe(2);
    expect((await winrm('enumerate', note)).out).toMatch(/Id = 1\n\s+Text = made from the template/);
    expect((await winrm('get', 'winrm/config/plugin?Name=Notes', '-format:pretty')).out).toContain(note);
    expect((await cli.run(['agent', 'plugin', 'rm', 'notes'])).code).toBe(0);
    agent.child.kill('SIGHUP');
    await expect.poll(() => report().length, { timeout: 20_000 }).toBe(1);
    expect((await winrm('enumerate', note)).code).toBe(1);
  });

  it('that is not fit is not put in place, and the check says so by its exit code', async () => {
    const path = plugin('broken', 'throw new Error("no luck")');
    const checked = await cli.run(['agent', 'plugin', 'check', path, '-o', 'json']);
    expect([checked.code, JSON.parse(checked.out)]).toEqual([
      1,
      [{ severity: 'error', className: null, message: expect.stringContaining('no luck') }],
    ]);
    const added = await cli.run(['agent', 'plugin', 'add', path]);
    expect([added.code, added.err]).toEqual([1, expect.stringContaining('no luck')]);
    expect(readdirSync(place)).toEqual(['coffee']);
  });
});

describe('a plug-in that runs wild', () => {
  it('gets its own clients a fault, and keeps nobody else waiting', async () => {
    cpSync(plugin('Wild', wild, { timeLimit: 3000 }), join(place, 'wild'), { recursive: true });
    cpSync(plugin('stuck', 'for (;;);'), join(place, 'stuck'), { recursive: true });
    agent.child.kill('SIGHUP');
    await expect
      .poll(() => winrm('get', 'winrm/config/plugin?Name=Wild'), { timeout: 20_000 })
      .toMatchObject({ code: 0 });
    const result = await pywinrm<Record<string, unknown>>(
      agent,
      `
import threading, requests
N = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration'
W = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/'
def ask(uri, seconds):
    p = protocol()
    rq = {'env:Envelope': p._get_soap_header(resource_uri=W + uri, action=N + '/Enumerate')}
    rq['env:Envelope']['env:Header']['w:OperationTimeout'] = 'PT%dS' % seconds
    rq['env:Envelope']['@xmlns:n'] = N
    rq['env:Envelope']['env:Body'] = {'n:Enumerate': {'w:OptimizeEnumeration': None, 'w:MaxElements': '10'}}
    import xmltodict
    started = time.monotonic()
    try: text = p.send_message(xmltodict.unparse(rq))
    except Exception as e: text = repr(e)
    if isinstance(text, bytes): text = text.decode()
    return [time.monotonic() - started, text]
out = {}
threads = [threading.Thread(target=lambda name=name, seconds=seconds: out.__setitem__(name, ask('wild/' + name, seconds))) for name, seconds in [('W_Loop', 30), ('W_Never', 1)]]
threads[1].start(); threads[1].join(); threads[0].start()
others = []
while threads[0].is_alive():
    others.append(ask('sample/Sample_CoffeeMachine', 30)); others.append(ask('cimv2/Win32_OperatingSystem', 30))
    time.sleep(0.1)
out['slowest'] = max(o[0] for o in others)
out['asked'] = len(others)
out['good'] = all('kitchen' in o[1] or 'LastBootUpTime' in o[1] for o in others)
out['W_Exit'] = ask('wild/W_Exit', 30)
print(json.dumps(out))`,
    );
    // Its client's patience ended first, then its own time limit; then it ended itself, or had not been started again yet.
    expect(result.W_Never).toEqual([expect.any(Number), expect.stringMatching(/OperationTimeout|timed out/i)]);
    expect((result.W_Never as number[])[0]).toBeLessThan(2.9);
    expect(result.W_Loop).toEqual([
      expect.any(Number),
      expect.stringMatching(/plug-in Wild did not answer within 3000 ms and was ended/),
    ]);
    expect((result.W_Loop as number[])[0]).toBeGreaterThan(2.5);
    expect(result.W_Exit).toEqual([expect.any(Number), expect.stringMatching(/plug-in Wild ended/)]);
    expect(result).toMatchObject({ good: true });
    // Had the agent been held up, the first of them would have lasted as long as the loop.
    expect(result.asked).toBeGreaterThan(5);
    expect(result.slowest).toBeLessThan((result.W_Loop as number[])[0]!);
    const told = await winrm('enumerate', 'wmi/root/wild/W_Exit');
    expect([told.code, told.out + told.err]).toEqual([
      1,
      expect.stringMatching(/Provider = Wild[\s\S]*Error number: 1359/),
    ]);
  });

  it('goes with the agent, even when it is in a loop and the agent is killed', async () => {
    const children = await childrenOf(agent.child.pid!);
    expect(children.length).toBeGreaterThanOrEqual(2);
    agent.child.kill('SIGKILL');
    const alive = () =>
      children.filter((pid) => {
        try {
          return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
        } catch {
          return false;
        }
      });
    await expect.poll(alive, { timeout: 10_000 }).toEqual([]);
  });
});

describe('the agent as its service runs it', () => {
  it('reads plug-ins again as often as it is told to, and says which are left out', async () => {
    for (const one of ['wild', 'stuck']) expect((await cli.run(['agent', 'plugin', 'rm', one])).code).toBe(0);
    const running = cli.start('agent', 'run');
    try {
      await running.printed('https://');
      await expect.poll(report, { timeout: 10_000 }).toMatchObject([{ state: 'loaded' }]);
      writeFileSync(join(place, 'coffee', 'plugin.json'), '{}');
      const told = performance.now();
      running.signal('SIGHUP');
      await expect.poll(report, { timeout: 10_000 }).toMatchObject([{ state: 'failed' }]);
      expect((await cli.run(['agent', 'status'])).err).toMatch(/coffee is left out: .*plugin\.json is not valid/);
      // A second signal, more than a second later, is no impatience either.
      while (performance.now() - told < 1100) await cli.run(['agent', 'plugin', 'ls']);
      cpSync(template, join(place, 'coffee'), { recursive: true });
      running.signal('SIGHUP');
      await expect.poll(report, { timeout: 10_000 }).toMatchObject([{ state: 'loaded' }]);
    } finally {
      running.signal('SIGTERM');
    }
    expect(await running.ended).toBe(0);
  });
});
