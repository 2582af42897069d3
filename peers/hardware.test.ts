import { hostname } from 'node:os';
import { propertiesOf, resourceLocator, Session, withSelector } from '@atelier/adapters/winrm-client';
import { ControllerBook } from '@atelier/agent';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, password, startAgentProcess, user } from './agent/agent-process.ts';
import { type IpmiSim, simUser, startIpmiSim } from './ipmi/ipmi-sim.ts';

let sim: IpmiSim;
let agent: AgentProcess;
let session: Session;

beforeAll(async () => {
  [sim, agent] = await Promise.all([startIpmiSim(), startAgentProcess()]);
  const book = new ControllerBook(agent.folder);
  const at = { host: '127.0.0.1', port: sim.port, user: simUser.user };
  await book.set({ ...at, name: 'blade-7' }, simUser.password);
  session = new Session({ url: agent.http, credentials: { kind: 'basic', user, password }, allowUnencrypted: true });
});
afterAll(async () => {
  session?.close();
  await agent?.stop();
  await sim?.stop();
});

const uri = (className: string) => `wmi/root/hardware/${className}`;
const all = async (className: string) =>
  (await Array.fromAsync(session.enumerate(uri(className)))).map((one) => ({ ...propertiesOf(one) }));
/** The one instance, and the way to its methods. */
const only = async (className: string) => {
  const found = await Array.fromAsync(session.enumerateBoth(uri(className)));
  expect(found).toHaveLength(1);
  const { selectors } = found[0]!.reference;
  const locator = selectors.reduce((at, one) => withSelector(at, one.name, one.value), resourceLocator(uri(className)));
  return { locator, values: { ...propertiesOf(found[0]!.item) } };
};

describe('a machine behind a management controller', () => {
  it('is a ComputerSystem', async () => {
    expect(await all('ComputerSystem')).toEqual([
      expect.objectContaining({
        CreationClassName: 'ComputerSystem',
        Name: 'blade-7',
        ControllerAddress: `127.0.0.1:${sim.port}`,
        ControllerVersion: '2.0',
        EnabledState: '2',
        HealthState: '5',
      }),
    ]);
  });

  it('has sensors that measure', async () => {
    const sensors = await all('NumericSensor');
    const measured = sensors.map(
      ({ ElementName, CurrentReading, UnitModifier, BaseUnits, CurrentState, HealthState }) => [
        ElementName,
        Number(CurrentReading) * 10 ** Number(UnitModifier),
        BaseUnits,
        CurrentState,
        HealthState,
      ],
    );
    expect(measured).toEqual([
      ['CPU Temp', 32, '2', 'Normal', '5'],
      ['Fan 1', 4800, '19', 'Normal', '5'],
    ]);
    const [cpu] = sensors;
    expect(Number(cpu!.UpperThresholdCritical)).toBeGreaterThan(Number(cpu!.UpperThresholdNonCritical));
    const filter = "select ElementName from CIM_NumericSensor where ElementName = 'Fan 1'";
    expect(await Array.fromAsync(session.enumerate('wmi/root/hardware/*', { filter }))).toHaveLength(1);
  });

  it('describes its board', async () => {
    expect(await all('PhysicalPackage')).toEqual([
      expect.objectContaining({ Model: 'Blade 7', SerialNumber: 'SN-0042', PartNumber: 'PN-9', SystemName: 'blade-7' }),
    ]);
  });

  it('is switched off, on, and off and on', async () => {
    const { locator } = await only('ComputerSystem');
    for (const [RequestedState, power] of [
      [3, '3'],
      [2, '2'],
    ] as const) {
      const answer = propertiesOf(await session.invoke('RequestStateChange', locator, { RequestedState }));
      expect([answer.ReturnValue, (await only('ComputerSystem')).values.EnabledState]).toEqual(['0', power]);
    }
    const switched = async () => (await sim.orders()).filter((one) => one.startsWith('set power'));
    expect(await switched()).toEqual(['set power 0', 'set power 1']);
    await session.invoke('RequestStateChange', locator, { RequestedState: 9 });
    await expect
      .poll(async () => (await switched()).slice(2), { timeout: 20_000 })
      .toEqual(['set power 0', 'set power 1']);
    await expect(session.invoke('RequestStateChange', locator, { RequestedState: 77 })).rejects.toThrow(
      /RequestedState/,
    );
    await session.invoke('SetBootDevice', locator, { Device: 'network' });
    expect((await sim.orders()).at(-1)).toBe('set boot pxe');
  });

  it('has a watchdog', async () => {
    const { locator } = await only('Watchdog');
    await session.invoke('SetTimer', locator, { Action: 'none', Seconds: 120 });
    expect((await only('Watchdog')).values).toMatchObject({ TimeoutInterval: '120000000', ActionOnExpiration: 'none' });
    expect(await sim.ipmitool('mc', 'watchdog', 'get')).toContain('120.0 sec');
  });

  it('takes raw commands', async () => {
    const found = await Array.fromAsync(session.enumerateBoth('wmi/root/wmi/Microsoft_IPMI'));
    const locator = withSelector(resourceLocator('wmi/root/wmi/Microsoft_IPMI'), 'InstanceName', 'blade-7');
    expect(propertiesOf(found[0]!.item).InstanceName).toBe('blade-7');
    const getDeviceId = {
      NetworkFunction: 6,
      Lun: 0,
      ResponderAddress: 32,
      Command: 1,
      RequestDataSize: 0,
      RequestData: [],
    };
    const answer = propertiesOf(await session.invoke('RequestResponse', locator, getDeviceId));
    expect(answer).toMatchObject({ CompletionCode: '0', ReturnValue: '0' });
    expect(answer.ResponseData).toHaveLength(Number(answer.ResponseDataSize));
  });
});

describe('its event log', () => {
  it('is read and cleared', async () => {
    const records = await all('LogRecord');
    expect(records.map((one) => [one.LogName, one.SensorName, one.Asserted])).toEqual([
      ['blade-7', 'CPU Temp', 'true'],
      // From a sensor that the controller does not describe.
      ['blade-7', null, 'false'],
    ]);
    const told = (await sim.ipmitool('sel', 'list')).trim().split('\n');
    for (const [at, one] of records.entries()) expect(told[at]).toContain(one.DataFormat);
    const { locator, values } = await only('RecordLog');
    expect(values).toMatchObject({ InstanceID: 'blade-7', CurrentNumberOfRecords: '2' });
    await session.invoke('ClearLog', locator);
    expect([(await only('RecordLog')).values.CurrentNumberOfRecords, await all('LogRecord')]).toEqual(['0', []]);
    expect(await sim.ipmitool('sel', 'info')).toMatch(/Entries +: 0\n/);
  });

  it('tells of new records by a subscription', { timeout: 30_000 }, async () => {
    const filter = "select * from __InstanceCreationEvent within 1 where TargetInstance isa 'LogRecord'";
    const events = session.subscribe('wmi/root/hardware/*', { filter });
    const first = events.next();
    // The watch begins at the log's end, which it must have found first: so there is more than one.
    const record = '0 0 2 0 0 0 0 0x20 0 4 1 1 1 0x59 0x91 0x90'.split(' ');
    const write = setInterval(() => void sim.ipmitool('raw', '0x0a', '0x44', ...record).catch(() => undefined), 2000);
    const event = propertiesOf((await first).value!);
    clearInterval(write);
    expect(event.TargetInstance).toMatchObject({ LogName: 'blade-7', CreationClassName: 'LogRecord' });
    await events.return();
  });
});

describe('a controller that cannot be used', () => {
  it('is there with a state that is not known, with the cause, and hides no other', async () => {
    const book = new ControllerBook(agent.folder);
    await book.set({ name: 'blade-8', host: '127.0.0.1', port: sim.port, user: simUser.user }, 'wrong');
    const found = await all('ComputerSystem');
    expect(found.map((one) => [one.Name, one.EnabledState])).toEqual([
      ['blade-7', '2'],
      ['blade-8', '5'],
    ]);
    expect(found[1]).toMatchObject({ HealthState: '0', Description: expect.stringMatching(/password is wrong/) });
    expect((await all('NumericSensor')).map((one) => one.SystemName)).toEqual(['blade-7', 'blade-7']);
    expect(await book.remove('blade-8')).toBe(true);
    expect((await all('ComputerSystem')).map((one) => one.Name)).toEqual(['blade-7']);
    expect((await all('ComputerSystem')).map((one) => one.Name)).not.toContain(hostname());
  });
});
