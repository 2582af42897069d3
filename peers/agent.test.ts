import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { OwnAccounts } from '../apps/agent/index.ts';
import { type AgentProcess, childrenOf, processesWith, startAgentProcess, user } from './agent/agent-process.ts';
import { pywinrm } from './agent/pywinrm.ts';

let agent: AgentProcess;
afterEach(async () => {
  await agent.stop();
  await rm(agent.folder, { recursive: true, force: true });
});

/** Opens a shell with commands that hide as well as programs can, and prints their mark. */
const hide = (mark: string) => `
p = protocol()
shell = p.open_shell(codepage=65001)
id = p.run_command(shell, "sleep 1000${mark}1 & setsid sleep 1000${mark}2 & (setsid sh -c 'trap \\"\\" INT TERM HUP; exec sleep 1000${mark}3' &) ; env -i setsid nohup sleep 1000${mark}4 >/dev/null 2>&1 & echo ready; exec sleep 1000${mark}5")
while b'ready' not in p._raw_get_command_output(shell, id)[0]: pass
print(json.dumps([shell, id]))`;

describe('an agent that is killed', () => {
  it('leaves nothing running, and the next one knows nothing of its shells', async () => {
    agent = await startAgentProcess();
    const mark = String(process.pid).padStart(7, '0');
    const [shell, command] = await pywinrm<[string, string]>(agent, hide(mark));
    await expect.poll(() => processesWith(`1000${mark}`).then((all) => all.length)).toBeGreaterThanOrEqual(5);
    // One has the command, one waits for the next.
    await expect.poll(() => childrenOf(agent.child.pid!)).toHaveLength(2);
    const supervisors = await childrenOf(agent.child.pid!);
    const gone = once(agent.child, 'exit');
    agent.child.kill('SIGKILL');
    await gone;
    await expect.poll(() => processesWith(`1000${mark}`), { timeout: 5000 }).toEqual([]);
    const alive = () => supervisors.filter((pid) => existsSync(`/proc/${pid}/exe`));
    await expect.poll(alive, { timeout: 5000 }).toEqual([]);
    const { folder } = agent;
    agent = await startAgentProcess(undefined, {}, folder);
    const result = await pywinrm(
      agent,
      `
p = protocol()
try: p._raw_get_command_output('${shell}', '${command}'); print(json.dumps('output'))
except Exception as error: print(json.dumps(str(error)))`,
    );
    expect(result).toMatch(/500|selector/i);
  });

  it('that is stopped takes its shells along, too', async () => {
    agent = await startAgentProcess();
    const mark = String(process.pid + 1).padStart(7, '0');
    await pywinrm(agent, hide(mark));
    const gone = once(agent.child, 'exit');
    agent.child.kill('SIGTERM');
    const [code] = await gone;
    expect(code).toBe(0);
    expect(await processesWith(`1000${mark}`)).toEqual([]);
  });
});

describe('an agent at rest', () => {
  it('takes little memory and no time, and keeps its secrets to itself', async () => {
    agent = await startAgentProcess();
    await pywinrm(
      agent,
      'p = protocol(); s = p.open_shell(); run(p, s, "true"); p.close_shell(s); print(json.dumps(0))',
    );
    const ticks = async () => {
      const fields = (await readFile(`/proc/${agent.child.pid}/stat`, 'utf8')).split(') ')[1]!.split(' ');
      return Number(fields[11]) + Number(fields[12]);
    };
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const before = await ticks();
    await new Promise((resolve) => setTimeout(resolve, 4000));
    const used = (await ticks()) - before;
    const memory = (await agent.memory()) / 2 ** 20;
    console.log(`agent at rest: ${memory.toFixed(0)} MB resident, ${used} ticks of CPU in 4 s`);
    expect(used).toBeLessThanOrEqual(4);
    expect(memory).toBeLessThan(160);
    const own = new OwnAccounts(agent.folder);
    await own.set(user, 'geheim');
    expect(await own.names()).toEqual([user.toLowerCase()]);
    expect(await own.hash(user.toUpperCase())).toHaveLength(16);
    for (const name of await readdir(agent.folder))
      expect([name, (await stat(join(agent.folder, name))).mode & 0o77]).toEqual([name, 0]);
    expect(await own.remove(user)).toBe(true);
    expect(await own.hash(user)).toBeNull();
  });
});

describe('the machine behind the agent', () => {
  it('is read by WinRM’s own words, class by class and by query', async () => {
    agent = await startAgentProcess();
    const result = await pywinrm<{ system: string; pages: number; count: number }>(
      agent,
      `
import xmltodict, uuid
p = protocol()
N = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration'
def call(uri, action, body, **more):
    rq = {'env:Envelope': p._get_soap_header(resource_uri=uri, action=action, **more)}
    rq['env:Envelope']['@xmlns:n'] = N
    rq['env:Envelope']['env:Body'] = body
    return xmltodict.parse(p.send_message(xmltodict.unparse(rq)), process_namespaces=False)['s:Envelope']['s:Body']
base = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/'
system = call(base + 'Win32_OperatingSystem', N + '/Enumerate', {'n:Enumerate': {'w:OptimizeEnumeration': None, 'w:MaxElements': '10'}})
query = {'n:Enumerate': {'w:OptimizeEnumeration': None, 'w:MaxElements': '10', 'w:Filter': {'@Dialect': 'http://schemas.microsoft.com/wbem/wsman/1/WQL', '#text': 'select * from Win32_Process'}}}
first = call(base + '*', N + '/Enumerate', query)['n:EnumerateResponse']
context = first['n:EnumerationContext']; pages = 1
count = len(first['w:Items']['p:Win32_Process'])
while True:
    got = call(base + '*', N + '/Pull', {'n:Pull': {'n:EnumerationContext': context, 'n:MaxElements': '10'}})['n:PullResponse']
    items = (got['n:Items'] or {}).get('p:Win32_Process', [])
    pages += 1; count += len(items) if isinstance(items, list) else 1
    if 'n:EndOfSequence' in got: break
    context = got['n:EnumerationContext']
print(json.dumps({'system': json.dumps(system), 'pages': pages, 'count': count}))`,
    );
    expect(result.system).toContain('p:LastBootUpTime');
    expect(result.system).toContain('p:TotalVisibleMemorySize');
    expect(result.pages).toBeGreaterThanOrEqual(2);
    expect(result.count).toBeGreaterThan(10);
  });
});

describe('people of the system', () => {
  it('log on with their password, and run as themselves', async () => {
    agent = await startAgentProcess('pam');
    if (process.getuid?.() !== 0) {
      // Nobody but root may make a person to try it with: then it is shown that a wrong password opens nothing.
      const refused = await fetch(agent.http, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${user}:wrong`)}` },
      });
      expect(refused.status).toBe(401);
      return;
    }
    const name = `atelier-${process.pid}`;
    execFileSync('useradd', ['--create-home', '--shell', '/bin/sh', '--groups', 'sudo', name]);
    try {
      execFileSync('chpasswd', { input: `${name}:Geheim-über-1\n` });
      const more = { AGENT_USER: name, AGENT_PASSWORD: 'Geheim-über-1' };
      const result = await pywinrm<[string, string, number]>(
        agent,
        `
p = protocol()
shell = p.open_shell(codepage=65001, env_vars={'LD_PRELOAD': '/tmp/no-such-library.so'})
o, e, c = run(p, shell, 'id -un; id -Gn; pwd; test -w /etc/shadow || echo no')
p.close_shell(shell)
print(json.dumps([o.decode(), e.decode(), c]))`,
        more,
      );
      expect(result[0].split('\n')).toEqual([name, expect.stringMatching(/sudo/), `/home/${name}`, 'no', '']);
    } finally {
      execFileSync('userdel', ['--remove', '--force', name], { stdio: 'ignore' });
    }
  });
});
