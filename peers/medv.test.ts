import { writeFileSync } from 'node:fs';
import { AtelierError } from '@atelier/domain/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientBench, openClientBench } from '../apps/client/testing/client-bench.ts';
import { untilWorkspace } from '../apps/client/testing/local-client.ts';
import { testWorkspace } from '../apps/client/testing/test-workspace.ts';
import { type AgentProcess, password, startAgentProcess, user } from './agent/agent-process.ts';
import { pywinrm } from './agent/pywinrm.ts';
import { type Atelier, makeAtelier } from './cli/atelier.ts';

// A client daemon with its local socket (its machines only pretend), an agent beside it, and Debian's pywinrm that asks as MED-V's administrators do.

let bench: ClientBench;
let agent: AgentProcess;
let cli: Atelier;
beforeAll(async () => {
  bench = await openClientBench(1);
  agent = await startAgentProcess(undefined, { clientSocket: bench.client.socketPath });
  cli = await makeAtelier();
  cli.env.ATELIER_WINRM_PASSWORD = password;
}, 60_000);
afterAll(async () => {
  await cli?.remove();
  await agent?.stop();
  await bench?.close();
});

/** Instances of a class in root/microsoft/medv, by the names of their properties; what is null is left out. */
const enumerate = (name: string) =>
  pywinrm<readonly Record<string, unknown>[]>(
    agent,
    `
import xmltodict
p = protocol()
N = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration'
rq = {'env:Envelope': p._get_soap_header(resource_uri='http://schemas.microsoft.com/wbem/wsman/1/wmi/root/microsoft/medv/${name}', action=N + '/Enumerate')}
rq['env:Envelope']['@xmlns:n'] = N
rq['env:Envelope']['env:Body'] = {'n:Enumerate': {'w:OptimizeEnumeration': None, 'w:MaxElements': '10'}}
got = xmltodict.parse(p.send_message(xmltodict.unparse(rq)))['s:Envelope']['s:Body']['n:EnumerateResponse']
items = (got['w:Items'] or {}).get('p:${name}', [])
items = items if isinstance(items, list) else [items]
known = lambda v: not isinstance(v, dict) or '@xsi:nil' not in v
print(json.dumps([{k[2:]: v.get('cim:Datetime', v) if isinstance(v, dict) else v for k, v in one.items() if k.startswith('p:') and known(v)} for one in items]))`,
  );
const winrm = (...args: string[]) =>
  cli.run(['winrm', ...args, `-r:${agent.http}`, `-u:${user}`, '-a:basic', '-unencrypted']);

describe('root/microsoft/medv', () => {
  it('is empty before anybody has a workspace', async () => {
    expect(await enumerate('FTS_Status')).toEqual([]);
    expect(await enumerate('Setting')).toEqual([]);
  });

  it('tells how the first-time set-up went: what failed, then that it is done', async () => {
    await bench.enrol();
    const { makeDataDisk } = bench.machines;
    const broken = async () => {
      throw new AtelierError('vm.start-failed', 'no room for the disk');
    };
    Object.assign(bench.machines, { makeDataDisk: broken });
    await bench.act('start');
    await untilWorkspace(bench.local, 'lab', (one) => one.state === 'failed');
    expect(await enumerate('FTS_Status')).toEqual([
      { User: 'anna', Machine: 'lab', StatusCode: '1503', Time: expect.any(String) },
    ]);
    Object.assign(bench.machines, { makeDataDisk });
    await bench.act('start');
    const { startedAt } = await untilWorkspace(bench.local, 'lab', (one) => one.state === 'running');
    const [done] = await enumerate('FTS_Status');
    expect(done).toMatchObject({ User: 'anna', StatusCode: '0' });
    expect(Math.abs(Date.parse(String(done!.Time)) - Date.parse(startedAt!))).toBeLessThan(5000);
    const query = 'select StatusCode from FTS_Status where StatusCode = 0';
    expect((await winrm('enumerate', 'wmi/root/microsoft/medv/*', '-dialect:WQL', `-filter:${query}`)).out).toMatch(
      /StatusCode = 0/,
    );
    expect((await winrm('get', 'wmi/root/microsoft/medv/FTS_Status?User=anna')).out).toMatch(/Machine = lab/);
  });

  it('tells the settings in force, also after they changed', async () => {
    const memory = { table: [{ hostMiB: 1, vmMiB: 300 }] };
    bench.server.workspaces = [testWorkspace({}, {}, { memory, stopAction: 'snapshot', bootTimeoutSeconds: 77 })];
    await bench.local.refresh();
    expect(await enumerate('Setting')).toEqual([
      {
        User: 'anna',
        VmMemory: '300',
        VmHostMemToGuestMemCalcEnabled: 'true',
        VmHostMemToGuestMem: '1',
        VmGuestMemFromHostMem: '300',
        VmCloseAction: 'HIBERNATE',
        VmNetworkingMode: 'NAT',
        VmTaskTimeout: '77',
        VmMultiUserEnabled: 'false',
      },
    ]);
    expect((await winrm('get', 'wmi/root/microsoft/medv/Setting')).out).toMatch(/VmMemory = 300/);
  });

  it('outlives the client’s restart, and says when the client is there but does not answer', async () => {
    const before = await enumerate('FTS_Status');
    await bench.client.stop();
    await bench.start();
    expect(await enumerate('FTS_Status')).toEqual(before);
    // What a client that was killed leaves behind: an address where nobody answers.
    await bench.client.stop();
    writeFileSync(bench.client.socketPath, '');
    const { code, out, err } = await winrm('enumerate', 'wmi/root/microsoft/medv/FTS_Status');
    expect([code, out + err]).toEqual([1, expect.stringMatching(/workspace client of this machine does not answer/)]);
  });
});
