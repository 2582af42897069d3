import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CimInstance } from '@atelier/cim';
import type { OperationContext } from '@atelier/plugin-kit';
import { checkProvider } from '@atelier/plugin-kit/conformance';
import { parseXml } from '@atelier/wsman';
import { afterAll, describe, expect, it } from 'vitest';
import { createEventLogProvider, createLinuxHost, createLinuxInventory, createMedvProvider } from './index.ts';
import { createFixture, listOf } from './testing/fixture.ts';

const fixture = createFixture();
afterAll(() => fixture.remove());

const contextOf = (administrator: boolean, signal = new AbortController().signal): OperationContext => ({
  user: { name: 'ada', account: null, administrator },
  clientAddress: '::1',
  signal,
  deadline: Date.now() + 60_000,
  locales: [],
  options: [],
  activityId: 'test',
});
const context = contextOf(true);
const list = (name: string): Promise<readonly CimInstance[]> => listOf(fixture, name, context);
const first = async (name: string) => (await list(name))[0]!.values;

describe('a Linux machine as root/cimv2', () => {
  it('passes the conformance kit, and so does a machine that tells nothing', async () => {
    expect(await checkProvider(fixture.provider)).toEqual([]);
    const programs = { systemctl: '/nowhere', journalctl: '/nowhere', getent: '/nowhere', loginctl: '/nowhere' };
    const bare = createLinuxInventory(createLinuxHost({ root: '/nowhere', programs, interfaces: () => ({}) }));
    expect(await checkProvider(bare)).toEqual([]);
  });

  it('tells of the system in the units of Windows', async () => {
    expect(await first('Win32_OperatingSystem')).toMatchObject({
      Caption: 'Test Linux 1',
      Version: '1',
      BuildNumber: '6.1.0-test',
      TotalVisibleMemorySize: 2_048_000,
      FreePhysicalMemory: 1_024_000,
      TotalVirtualMemorySize: 2_048_512,
      NumberOfProcesses: 1,
      NumberOfUsers: 1,
      CSName: 'box.example.org',
    });
    expect(await first('Win32_ComputerSystem')).toMatchObject({
      Manufacturer: 'Acme',
      TotalPhysicalMemory: 2_048_000 * 1024,
      NumberOfProcessors: 1,
      NumberOfLogicalProcessors: 2,
      HypervisorPresent: true,
      Domain: 'example.org',
      UserName: 'ada',
    });
    expect(await first('Win32_Processor')).toMatchObject({
      Name: 'Test CPU',
      NumberOfCores: 1,
      NumberOfLogicalProcessors: 2,
      MaxClockSpeed: 2600,
    });
    expect(await first('Win32_BIOS')).toMatchObject({
      SMBIOSBIOSVersion: '1.2',
      ReleaseDate: { text: expect.stringMatching(/^20240331/) },
    });
    expect(await list('Win32_PhysicalMemory')).toHaveLength(1);
    expect(await first('Win32_PhysicalMemory')).toMatchObject({
      Capacity: 2 ** 31,
      DeviceLocator: 'DIMM 0',
      BankLabel: 'BANK 0',
      Manufacturer: 'Acme',
      PartNumber: 'P1',
      Speed: 3200,
    });
    expect(await first('Win32_PhysicalMemoryArray')).toMatchObject({ MemoryDevices: 2, MaxCapacity: 4_194_304 });
    expect(await first('Win32_TimeZone')).toMatchObject({ StandardName: 'Europe/Berlin', Bias: 60, DaylightBias: -60 });
  });

  it('tells of processes, even with strange names', async () => {
    expect(await first('Win32_Process')).toMatchObject({
      Handle: '1',
      Name: 'in it) x',
      CommandLine: '/sbin/init splash',
      UserModeTime: 700_000,
      KernelModeTime: 900_000,
      WorkingSetSize: 102_400,
      PeakWorkingSetSize: 400,
      PageFaults: 105,
    });
    const { CreationDate } = await first('Win32_Process');
    expect(new Date(1_700_000_005_000).toISOString().replace(/\D/g, '').slice(8, 14)).toBe(
      (CreationDate as { text: string }).text.slice(8, 14),
    );
  });

  it('tells of storage and networks', async () => {
    expect(
      (await list('Win32_LogicalDisk')).map((one) => [
        one.values.DeviceID,
        one.values.DriveType,
        one.values.ProviderName,
      ]),
    ).toEqual([
      ['/', 3, null],
      ['/mnt/my share', 4, 'server:/x'],
    ]);
    expect(await list('Win32_DiskDrive')).toHaveLength(1);
    expect(await first('Win32_DiskDrive')).toMatchObject({
      DeviceID: '/dev/vda',
      Size: 2 ** 30,
      BytesPerSector: 4096,
      Partitions: 1,
    });
    expect(await first('Win32_DiskPartition')).toMatchObject({
      DeviceID: 'Disk #0, Partition #0',
      StartingOffset: 1_048_576,
      Size: 1_024_000_000,
    });
    expect(await first('Win32_LogicalDiskToPartition')).toMatchObject({ Dependent: { keys: { DeviceID: '/' } } });
    expect(await first('Win32_NetworkAdapter')).toMatchObject({
      NetConnectionID: 'eth0',
      MACAddress: '52:54:00:12:34:56',
      Speed: 10 ** 9,
      NetConnectionStatus: 2,
      ServiceName: 'virtio_net',
    });
    expect(await first('Win32_NetworkAdapterConfiguration')).toMatchObject({
      IPEnabled: true,
      IPAddress: ['192.168.1.2'],
      IPSubnet: ['255.255.255.0'],
      DefaultIPGateway: ['192.168.1.1'],
      DNSServerSearchOrder: ['192.0.2.53'],
    });
  });

  it('tells of accounts, software and settings', async () => {
    const users = await list('Win32_UserAccount');
    expect(users.map((one) => [one.values.Name, one.values.Disabled, one.values.FullName])).toEqual([
      ['root', false, 'root'],
      ['ada', false, 'Ada Lovelace'],
      ['svc', true, ''],
    ]);
    const members = (await list('Win32_GroupUser'))
      .map((one) => JSON.stringify(one.values))
      .filter((one) => one.includes('"sudo"'));
    expect(members).toEqual([expect.stringContaining('"Name":"ada"')]);
    expect(await list('Win32_Product')).toHaveLength(1);
    expect(await first('Win32_Product')).toMatchObject({
      Name: 'hello',
      Version: '1:2.10-3',
      Description: 'says hello',
      PackageName: 'hello_2.10-3_amd64.deb',
    });
    expect(await first('Win32_QuickFixEngineering')).toMatchObject({
      HotFixID: 'hello_2.10-3',
      InstalledOn: '5/6/2024',
    });
    expect(await first('Win32_Share')).toMatchObject({ Name: 'data', Path: '/srv/data', Caption: 'Our data' });
    expect(await first('Win32_ScheduledJob')).toMatchObject({
      Command: 'cd / && run-parts /etc/cron.hourly',
      Owner: 'root',
    });
    expect(await first('Win32_PageFileUsage')).toMatchObject({ AllocatedBaseSize: 512, CurrentUsage: 1 });
  });
});

describe('services', () => {
  const source = fixture.provider.sources.Win32_Service!;
  const invoke = async (name: string, method: string, input = {}, who = context): Promise<unknown> =>
    (await source.invoke!(method, (await source.get!({ Name: name }, context))!, input, who)).ReturnValue;

  it('come from systemd', async () => {
    expect(
      (await list('Win32_Service')).map((one) => [
        one.values.Name,
        one.values.State,
        one.values.StartMode,
        one.values.Status,
      ]),
    ).toEqual([
      ['bad', 'Stopped', 'Disabled', 'Error'],
      ['ssh', 'Running', 'Auto', 'OK'],
    ]);
    expect((await source.get!({ Name: 'ssh' }, context))!.values).toMatchObject({
      ProcessId: 42,
      PathName: '/usr/sbin/sshd -D',
      DisplayName: 'Secure Shell',
    });
    expect(await source.get!({ Name: 'none' }, context)).toBeNull();
    expect(await source.get!({ Name: '--all' }, context)).toBeNull();
    expect(await list('Win32_DependentService')).toHaveLength(1);
    expect(await list('Win32_SystemServices')).toHaveLength(2);
  });

  it('are started, stopped and switched, with the numbers of Windows', async () => {
    expect(await invoke('ssh', 'StopService', {}, contextOf(false))).toBe(2);
    expect(await invoke('ssh', 'StartService')).toBe(10);
    expect(await invoke('ssh', 'StopService')).toBe(0);
    expect(await invoke('ssh', 'StopService')).toBe(5);
    expect(await invoke('bad', 'StartService')).toBe(14);
    expect(await invoke('ssh', 'StartService')).toBe(0);
    expect(await invoke('ssh', 'ChangeStartMode', { StartMode: 'Disabled' })).toBe(0);
    expect(await invoke('ssh', 'ChangeStartMode', { StartMode: 'Sometimes' })).toBe(21);
    expect(await invoke('ssh', 'PauseService')).toBe(1);
    const told = readFileSync(join(fixture.root, 'bin/log'), 'utf8').trim().split('\n');
    expect(told.map((one) => one.replace('--no-ask-password ', ''))).toEqual([
      'stop -- ssh.service',
      'start -- ssh.service',
      'disable -- ssh.service',
      'mask -- ssh.service',
    ]);
  });

  it('are not the only thing that is for administrators', async () => {
    const system = fixture.provider.sources.Win32_OperatingSystem!;
    expect(await system.invoke!('Reboot', null, {}, contextOf(false))).toEqual({ ReturnValue: 5 });
    expect(await system.invoke!('Win32Shutdown', null, { Flags: 6 }, context)).toEqual({ ReturnValue: 0 });
    expect(readFileSync(join(fixture.root, 'bin/log'), 'utf8')).toContain('--no-block reboot');
  });
});

describe('the event log', () => {
  it('is the journal, the newest first', async () => {
    expect(
      (await list('Win32_NTLogEvent')).map(({ values }) => [
        values.RecordNumber,
        values.Logfile,
        values.Type,
        values.Message,
        values.User,
        values.EventCode,
      ]),
    ).toEqual([
      [28, 'Security', 'Audit Success', 'logged on', null, 0],
      [27, 'Application', 'Information', 'hi', 'ada', 255],
      [26, 'System', 'Error', 'disk <broken>', null, 0],
    ]);
  });

  const provider = createEventLogProvider(fixture.host);
  const dialect = 'http://schemas.microsoft.com/win/2004/08/events/eventquery';
  const request = { resourceUri: provider.resources[0]!.uri, selectors: [] };
  const ask = async (query: string): Promise<readonly string[]> => {
    const element = parseXml(`<Filter>${query.startsWith('<') ? query : ''}</Filter>`);
    const filter = { dialect, text: query.startsWith('<') ? '' : query, element };
    const items = await Array.fromAsync(
      provider.enumerate!({ ...request, filter, polymorphism: null, mode: 'object' }, context),
    );
    return items.map((one) => /<EventRecordID>(\d+)</.exec('raw' in one.item ? one.item.raw : '')![1]!);
  };

  it.each([
    ['*', ['26', '27', '28']],
    ['*[System[(Level=1 or Level=2)]]', ['26']],
    ["*[System[Provider[@Name='APP'] and EventID=255]]", ['27']],
    ['Event/System[EventRecordID >= 27]', ['27', '28']],
    ['*[System[TimeCreated[timediff(@SystemTime) <= 1000]]]', []],
    ["*[System[TimeCreated[@SystemTime < '2023-11-14T22:13:21Z']]]", ['26']],
    ['<QueryList><Query Id="0" Path="System"><Select>*</Select></Query></QueryList>', ['26']],
    [
      '<QueryList><Query Id="0"><Select Path="System">*</Select><Select Path="Security">*</Select><Suppress Path="Security">*</Suppress></Query></QueryList>',
      ['26'],
    ],
  ])('answers the event query %s', async (query, expected) => {
    expect(await ask(query)).toEqual(expected);
  });

  it.each(['*[', '*[System[Nope=1]]', '*[System[Level=x]]', `*[System[${'('.repeat(50)}`, '<QueryList/>'])(
    'refuses the event query %s',
    async (query) => {
      await expect(ask(query)).rejects.toThrow(/not supported/);
    },
  );

  it('is for administrators', async () => {
    const all = provider.enumerate!({ ...request, filter: null, polymorphism: null, mode: 'object' }, contextOf(false));
    await expect(Array.fromAsync(all)).rejects.toMatchObject({ body: { number: 5 } });
  });

  it('goes on behind a bookmark, and ends when the subscription does', async () => {
    const end = new AbortController();
    const subscription = provider.subscribe!(
      { ...request, filter: null, bookmark: 'earliest' },
      contextOf(true, end.signal),
    );
    const seen = [];
    for await (const event of subscription) {
      if ('dropped' in event) throw new Error('events were dropped');
      seen.push(event);
      if (seen.length === 3) end.abort();
    }
    expect(seen).toHaveLength(3);
    const again = new AbortController();
    const later = provider.subscribe!(
      { ...request, filter: null, bookmark: seen[1]!.bookmark! },
      contextOf(true, again.signal),
    );
    const found = [];
    for await (const event of later) {
      if ('dropped' in event) throw new Error('events were dropped');
      found.push('raw' in event.item ? event.item.raw : '');
      again.abort();
    }
    expect(found).toEqual([expect.stringContaining('<EventRecordID>28<')]);
    const bad = provider.subscribe!({ ...request, filter: null, bookmark: parseXml('<BookmarkList/>') }, context);
    await expect(Array.fromAsync(bad)).rejects.toMatchObject({ body: { subcode: 'wsman:InvalidBookmark' } });
  });
});

describe('root/microsoft/medv', () => {
  it('is what the client tells', async () => {
    const provider = createMedvProvider({
      firstTimeSetups: async () => [{ user: 'ada', machine: 'MEDV1', statusCode: 3071, time: new Date(0) }],
      settings: async () => ({ UxShowExit: true, VmMemory: 1024, UxRedirectUrls: ['a', 'b'] }),
    });
    expect(provider.classes[1]!.properties).toHaveLength(50);
    expect(await checkProvider(provider)).toEqual([
      { severity: 'warning', className: 'Setting', message: expect.stringContaining('begin with a schema') },
    ]);
    expect(existsSync(fixture.root)).toBe(true);
  });

  it('is empty where the client has no workspace', async () => {
    const none = createMedvProvider({ firstTimeSetups: async () => [], settings: async () => null });
    for (const source of Object.values(none.sources))
      expect(await Array.fromAsync(source.list({ properties: null, equals: {} }, context))).toEqual([]);
  });
});
