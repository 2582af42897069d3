import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createCimEngine, dialects } from '@atelier/adapters/cim-engine';
import { createEventLogProvider, createLinuxHost, createLinuxInventory } from '@atelier/adapters/linux-inventory';
import type { OperationContext } from '@atelier/plugin-kit';
import { checkProvider } from '@atelier/plugin-kit/conformance';
import { elementsOf, parseXml, textOf, writeXml, type XmlContent } from '@atelier/wsman';
import { afterAll, describe, expect, it, vi } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'inventory-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const host = createLinuxHost({ journal: [`--directory=${folder}`] });
const engine = createCimEngine([createLinuxInventory(host)]);
const account = userInfo();
const contextOf = (signal = new AbortController().signal): OperationContext => ({
  user: {
    name: account.username,
    account: { uid: account.uid, gid: account.gid, home: account.homedir, shell: account.shell ?? '/bin/sh' },
    administrator: true,
  },
  clientAddress: '127.0.0.1',
  signal,
  deadline: Date.now() + 60_000,
  locales: [],
  options: [],
  activityId: 'peer',
});
const root = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/';
const resource = (name: string, keys: Readonly<Record<string, string>> = {}) => ({
  resourceUri: root + name,
  selectors: Object.entries(keys).map(([key, value]) => ({ name: key, value })),
});
const wql = (text: string) => ({ dialect: dialects.wql, text, element: parseXml('<f/>') });

type Row = Readonly<Record<string, string>>;
const rowOf = (content: XmlContent): Row =>
  Object.fromEntries(elementsOf(parseXml(writeXml(content))).map((one) => [one.name, textOf(one)]));
async function query(text: string): Promise<readonly Row[]> {
  const request = { ...resource('*'), filter: wql(text), polymorphism: null, mode: 'object' } as const;
  return (await Array.fromAsync(engine.enumerate(request, contextOf()))).map((one) => rowOf(one.item));
}
const run = (program: string, ...args: readonly string[]): string => execFileSync(program, args, { encoding: 'utf8' });

describe('what this machine says through CIM', () => {
  it('passes the conformance kit', async () => {
    // Processes come and go: what list gave may be gone when get asks.
    const findings = await checkProvider(createLinuxInventory(host), { instances: 30 });
    expect(findings.filter((one) => one.severity === 'error')).toEqual([]);
  });

  it('agrees with ps on a process that stays', async () => {
    const child = spawn('sleep', ['300'], { stdio: 'ignore' });
    try {
      // The new process is our copy until it has become `sleep`.
      await expect.poll(() => run('ps', '-o', 'comm=', '-p', String(child.pid)).trim()).toBe('sleep');
      const [found] = await query(`SELECT * FROM Win32_Process WHERE ProcessId = ${child.pid}`);
      const [parent, resident, threads, session] = run('ps', '-o', 'ppid=,rss=,nlwp=,sess=', '-p', String(child.pid))
        .trim()
        .split(/\s+/);
      expect(found).toMatchObject({
        Name: 'sleep',
        CommandLine: run('ps', '-o', 'args=', '-p', String(child.pid)).trim(),
        ParentProcessId: parent,
        ThreadCount: threads,
        SessionId: session,
      });
      expect(Number(found!.WorkingSetSize) / 1024).toBeCloseTo(Number(resident), -3);
      const started = Date.parse(run('ps', '-o', 'lstart=', '-p', String(child.pid)).trim());
      expect(Math.abs(Date.parse(found!.CreationDate!) - started)).toBeLessThan(2000);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('agrees with df on the root file system', async () => {
    const [, size, available, type] = run('df', '-B1', '--output=size,avail,fstype', '/')
      .trim()
      .split('\n')[1]!
      .trim()
      .match(/(\d+)\s+(\d+)\s+(\S+)/)!;
    const [found] = await query("SELECT * FROM Win32_LogicalDisk WHERE DeviceID = '/'");
    expect(found).toMatchObject({ Size: size, FileSystem: type });
    expect(Math.abs(Number(found!.FreeSpace) - Number(available))).toBeLessThan(2 ** 30);
  });

  it('agrees with lsblk on disks', async () => {
    const { blockdevices } = JSON.parse(
      run('lsblk', '--json', '--bytes', '--nodeps', '--output', 'NAME,SIZE,TYPE,LOG-SEC'),
    ) as {
      readonly blockdevices: readonly {
        readonly name: string;
        readonly size: number;
        readonly type: string;
        readonly 'log-sec': number;
      }[];
    };
    const disks = blockdevices.filter(
      (one) => one.type === 'disk' && one.size > 0 && !/^(zram|ram|nbd|fd)/.test(one.name),
    );
    const found = await query('SELECT DeviceID, Size, BytesPerSector FROM Win32_DiskDrive');
    expect(found).toEqual(
      disks
        .map((one) => ({
          DeviceID: `/dev/${one.name}`,
          Size: String(one.size),
          BytesPerSector: String(one['log-sec']),
        }))
        .toSorted((a, b) => (a.DeviceID < b.DeviceID ? -1 : 1)),
    );
  });

  it('agrees with ip on interfaces and addresses', async () => {
    const agrees = async () => {
      const links = JSON.parse(run('ip', '-j', 'address')) as readonly {
        readonly ifindex: number;
        readonly ifname: string;
        readonly mtu: number;
        readonly flags: readonly string[];
        readonly addr_info: readonly { readonly local: string }[];
      }[];
      const found = await query('SELECT Index, SettingID, MTU FROM Win32_NetworkAdapterConfiguration');
      expect(found).toEqual(
        links.map((one) => ({ Index: String(one.ifindex), SettingID: one.ifname, MTU: String(one.mtu) })),
      );
      for (const { ifindex, ifname, flags, addr_info } of links) {
        // What has no carrier has no address in use, as on Windows.
        if (ifname === 'lo' || addr_info.length === 0 || flags.includes('NO-CARRIER')) continue;
        const uri = resource('Win32_NetworkAdapterConfiguration', { Index: String(ifindex) });
        const xml = elementsOf(parseXml(writeXml(await engine.get(uri, contextOf()))));
        const addresses = xml.filter((one) => one.name === 'IPAddress').map(textOf);
        expect(addresses.toSorted()).toEqual(addr_info.map((one) => one.local).toSorted());
      }
    };
    // Labs beside us make and remove networks of this machine between the two looks.
    await vi.waitFor(agrees, { timeout: 20_000, interval: 100 });
  });

  it('agrees with dpkg-query on every package', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is dpkg-query's own template.
    const installed = run('dpkg-query', '--show', '--showformat=${db:Status-Status} ${Package} ${Version}\n')
      .split('\n')
      .filter((row) => row.startsWith('installed '))
      .map((row) => row.slice('installed '.length));
    const found = await query('SELECT Name, Version FROM Win32_Product');
    expect(found.map((one) => `${one.Name} ${one.Version}`).toSorted()).toEqual(installed.toSorted());
  });

  it('agrees with getent on accounts and groups, and with uname and /proc on the system', async () => {
    const names = (database: string): readonly string[] =>
      run('getent', database)
        .trim()
        .split('\n')
        .map((row) => row.split(':')[0]!);
    expect((await query('SELECT Name FROM Win32_UserAccount')).map((one) => one.Name)).toEqual(names('passwd'));
    expect((await query('SELECT Name FROM Win32_Group')).map((one) => one.Name)).toEqual(names('group'));
    const [system] = await query('SELECT * FROM Win32_OperatingSystem');
    expect(system).toMatchObject({ BuildNumber: run('uname', '-r').trim(), CSName: hostname() });
    const total = /^MemTotal:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))![1];
    expect(system!.TotalVisibleMemorySize).toBe(total);
    expect((await query('SELECT NumberOfLogicalProcessors FROM Win32_ComputerSystem'))[0]).toEqual({
      NumberOfLogicalProcessors: run('nproc', '--all').trim(),
    });
  });
});

describe('processes', () => {
  it('are started, seen by an event query, and ended', async () => {
    const end = new AbortController();
    const events = engine.subscribe(
      {
        ...resource('*'),
        bookmark: null,
        filter: wql(
          "SELECT * FROM __InstanceCreationEvent WITHIN 0.2 WHERE TargetInstance ISA 'Win32_Process' AND TargetInstance.CommandLine = 'sleep 4217'",
        ),
      },
      contextOf(end.signal),
    );
    const seen = (async () => {
      for await (const event of events) if ('item' in event) return rowOf(event.item);
      return null;
    })();
    const input = parseXml(
      '<Create_INPUT><CommandLine>sleep 4217</CommandLine><CurrentDirectory>/</CurrentDirectory></Create_INPUT>',
    );
    const create = async (): Promise<Row> =>
      rowOf(await engine.invoke(resource('Win32_Process'), 'Create', input, contextOf()));
    const terminate = (pid: string) =>
      engine.invoke(resource('Win32_Process', { Handle: pid }), 'Terminate', null, contextOf());
    let made = await create();
    expect(made.ReturnValue).toBe('0');
    // One that began before the query's first look is not new: begin others until one is seen.
    while (!(await Promise.race([seen, new Promise<null>((resolve) => setTimeout(resolve, 1000, null))]))) {
      await terminate(made.ProcessId!);
      made = await create();
    }
    try {
      expect((await seen)?.TargetInstance).toContain('sleep 4217');
      expect(readFileSync(`/proc/${made.ProcessId}/comm`, 'utf8')).toBe('sleep\n');
      const uri = resource('Win32_Process', { Handle: made.ProcessId! });
      expect(rowOf(await engine.invoke(uri, 'GetOwner', null, contextOf()))).toMatchObject({
        User: account.username,
        ReturnValue: '0',
      });
      expect(rowOf(await engine.invoke(uri, 'Terminate', null, contextOf())).ReturnValue).toBe('0');
      await expect
        .poll(
          () =>
            existsSync(`/proc/${made.ProcessId}/exe`) &&
            run('ps', '-o', 'stat=', '-p', made.ProcessId!).startsWith('S'),
        )
        .toBe(false);
    } finally {
      end.abort();
    }
    const missing = parseXml('<Create_INPUT><CommandLine>no-such-program-here x</CommandLine></Create_INPUT>');
    expect(rowOf(await engine.invoke(resource('Win32_Process'), 'Create', missing, contextOf())).ReturnValue).toBe('9');
  });
});

describe('a real journal', () => {
  const write = (...messages: readonly string[]): void => {
    const entries = messages.map(
      (message, index) =>
        `__REALTIME_TIMESTAMP=${(Date.now() + index) * 1000}\n__MONOTONIC_TIMESTAMP=${index + 1}\n_BOOT_ID=f9c1ed0ae5a44d2d8f6b02b7b1c0c0f1\nMESSAGE=${message}\nPRIORITY=3\nSYSLOG_IDENTIFIER=peer\n\n`,
    );
    execFileSync('/lib/systemd/systemd-journal-remote', ['--output', join(folder, 'peer.journal'), '-'], {
      input: entries.join(''),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  };

  it('is listed, and followed from a bookmark', async () => {
    write('one', 'two <&>', 'drei ü');
    const found = await query("SELECT Message, Type, SourceName FROM Win32_NTLogEvent WHERE Logfile = 'Application'");
    expect(found).toEqual(
      ['drei ü', 'two <&>', 'one'].map((Message) => ({ Message, Type: 'Error', SourceName: 'peer' })),
    );
    const provider = createEventLogProvider(host);
    const base = { resourceUri: provider.resources[0]!.uri, selectors: [], filter: null };
    const messageOf = (item: XmlContent): string => /<Data>(.*?)<\/Data>/.exec('raw' in item ? item.raw : '')![1]!;
    const follow = async (
      bookmark: Parameters<NonNullable<typeof provider.subscribe>>[0]['bookmark'],
      count: number,
    ) => {
      const end = new AbortController();
      const events = [];
      for await (const event of provider.subscribe!({ ...base, bookmark }, contextOf(end.signal))) {
        if ('dropped' in event) throw new Error('events were dropped');
        events.push(event);
        if (events.length === count) end.abort();
      }
      return events;
    };
    const first = await follow('earliest', 2);
    expect(first.map((one) => messageOf(one.item))).toEqual(['one', 'two &lt;&amp;&gt;']);
    write('four');
    const rest = await follow(first[1]!.bookmark!, 2);
    expect(rest.map((one) => messageOf(one.item))).toEqual(['drei ü', 'four']);
  });
});
