import {
  ask,
  BmcUnreachable,
  eraseEventLog,
  type IpmiTransport,
  openLanTransport,
  readEventLog,
  readFru,
  readSensor,
  readSensorInventory,
} from '@atelier/adapters/bmc';
import {
  chassisControl,
  eventText,
  getChassisStatus,
  getDeviceId,
  getWatchdog,
  IpmiError,
  readChassisStatus,
  readDeviceId,
  readWatchdog,
  scaleReading,
  sensorHealth,
  setBootOrder,
  setWatchdog,
} from '@atelier/ipmi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IpmiSim, simUser, startIpmiSim } from './ipmi/ipmi-sim.ts';
import { startLossyRelay } from './ipmi/lossy-relay.ts';
import { startSuite17Controller } from './ipmi/suite17-controller.ts';

let sim: IpmiSim;
let transport: IpmiTransport;

beforeAll(async () => {
  sim = await startIpmiSim();
  transport = await openLanTransport({ host: '127.0.0.1', port: sim.port, ...simUser });
});
afterAll(async () => {
  await transport?.close();
  await sim?.stop();
});

const open = (more: object) =>
  openLanTransport({
    host: '127.0.0.1',
    port: sim.port,
    ...simUser,
    patience: { firstWait: 100, attempts: 3 },
    ...more,
  });

describe('a management controller, beside ipmitool', () => {
  it('says which it is', async () => {
    const id = readDeviceId(await ask(transport, getDeviceId, 'asking who it is'));
    const told = await sim.ipmitool('mc', 'info');
    expect(told).toMatch(new RegExp(`Firmware Revision +: ${id.firmware}\n`));
    expect(told).toMatch(new RegExp(`Manufacturer ID +: ${id.manufacturer}\n`));
    expect(told).toMatch(new RegExp(`IPMI Version +: ${id.ipmiVersion}\n`));
  });

  it('has the sensors, values and states that ipmitool reads', async () => {
    const { sensors } = await readSensorInventory(transport);
    const ours = await Promise.all(
      sensors.map(async (sensor) => {
        const reading = await readSensor(transport, sensor);
        const value = scaleReading(reading.value ?? -1, sensor.scale);
        return [sensor.name, value, sensorHealth(sensor, reading)];
      }),
    );
    const told = (await sim.ipmitool('sensor', 'list'))
      .trim()
      .split('\n')
      .map((line) => line.split('|').map((word) => word.trim()))
      .map(([name, value, , state]) => [name, Number(value), state]);
    expect(ours).toEqual(told);
    expect(ours).toEqual([
      ['CPU Temp', 32, 'ok'],
      ['Fan 1', 4800, 'ok'],
    ]);
  });

  it('keeps an event log that reads like ipmitool’s, from any record on, and can be cleared', async () => {
    const records = await Array.fromAsync(readEventLog(transport));
    const told = (await sim.ipmitool('sel', 'list')).trim().split('\n');
    expect(records).toHaveLength(told.length);
    for (const [at, record] of records.entries()) expect(told[at]).toContain(eventText(record));
    expect(records.map((record) => record.asserted)).toEqual([true, false]);
    const [first] = records;
    expect(await Array.fromAsync(readEventLog(transport, first!.recordId))).toEqual(records.slice(1));
    await eraseEventLog(transport);
    expect(await Array.fromAsync(readEventLog(transport, first!.recordId))).toEqual([]);
    expect(await sim.ipmitool('sel', 'info')).toMatch(/Entries +: 0\n/);
  });

  it('describes its board', async () => {
    const inventory = await readFru(transport, 0);
    const told = await sim.ipmitool('fru', 'print', '0');
    expect(inventory?.board).toMatchObject({ product: 'Blade 7', serialNumber: 'SN-0042', partNumber: 'PN-9' });
    for (const word of [inventory!.board!.manufacturer, inventory!.board!.product, inventory!.board!.serialNumber])
      expect(told).toContain(word);
    expect(await readFru(transport, 77)).toBeNull();
  });

  it('switches power and takes a boot device', async () => {
    const status = async () => readChassisStatus(await ask(transport, getChassisStatus, 'asking for the power')).power;
    expect(await status()).toBe('on');
    await ask(transport, chassisControl('off'), 'switching off');
    expect([await status(), await sim.ipmitool('power', 'status')]).toEqual(['off', 'Chassis Power is off\n']);
    await ask(transport, chassisControl('on'), 'switching on');
    expect(await status()).toBe('on');
    // The simulator knows the boot flags only, not their acknowledgement.
    const [, flags] = setBootOrder({ device: 'network', persistent: false, uefi: false });
    await ask(transport, flags!, 'setting the boot device');
    expect(await sim.orders()).toEqual(expect.arrayContaining(['set power 0', 'set power 1', 'set boot pxe']));
  });

  it('runs a watchdog', async () => {
    await ask(transport, setWatchdog('none', 120), 'setting the watchdog');
    const told = await sim.ipmitool('mc', 'watchdog', 'get');
    expect(readWatchdog(await ask(transport, getWatchdog, 'asking'))).toMatchObject({ action: 'none', timeout: 120 });
    expect(told).toContain('Initial Countdown:      120.0 sec');
  });

  it('tells a command that it does not know', async () => {
    const unknown = { netFn: 0x30, command: 0x99, data: new Uint8Array() };
    await expect(ask(transport, unknown, 'trying')).rejects.toThrow(
      /^trying: the controller does not know this command/,
    );
  });
});

describe('signing in to a controller', () => {
  it.each([
    [{ password: 'another' }, /the password is wrong/],
    [{ user: 'nobody' }, /the user does not exist|the password is wrong/],
    [{ controllerKey: Buffer.alloc(20, 7) }, /the key of the controller \(Kg\) is wrong/],
    [{ cipherSuite: 17 }, /does not offer this/],
    [{ password: 'much longer than twenty bytes' }, /at most 20 bytes/],
  ])('with %o fails and says why', async (more, why) => {
    // A controller that was offended answers late or never: what counts is the cause once it is known.
    await expect(open(more)).rejects.toThrow(why);
    await expect(open(more)).rejects.toBeInstanceOf(IpmiError);
  });

  it('uses cipher suite 17 where it is offered, as ipmitool does with the same controller', async () => {
    const controller = await startSuite17Controller();
    const told = await controller.ipmitool('mc', 'info');
    const modern = await openLanTransport({ host: '127.0.0.1', port: controller.port, ...simUser });
    const id = readDeviceId(await ask(modern, getDeviceId, 'asking who it is'));
    expect(told).toMatch(new RegExp(`Product ID +: ${id.product} `));
    await modern.close();
    await expect(open({ port: controller.port, password: 'another' })).rejects.toThrow('the password is wrong');
    await expect(open({ port: controller.port, cipherSuite: 3 })).rejects.toThrow('does not offer this');
    expect(controller.sessions()).toEqual({ opened: 2, closed: 2 });
    controller.stop();
  });

  it('gives up where nobody answers, and at once when it is cancelled', async () => {
    const nobody = await startLossyRelay(sim.port, () => 0);
    await expect(open({ port: nobody.port })).rejects.toBeInstanceOf(BmcUnreachable);
    expect(nobody.count['to-controller']).toBe(3);
    await expect(
      openLanTransport({ host: '127.0.0.1', port: nobody.port, ...simUser }, AbortSignal.abort(new Error('enough'))),
    ).rejects.toThrow('enough');
    nobody.stop();
  });

  it('survives lost and repeated datagrams in both directions', async () => {
    const relay = await startLossyRelay(sim.port, (_, number) => (number % 3 === 1 ? 0 : number % 4 === 0 ? 2 : 1));
    const lossy = await open({ port: relay.port, patience: { firstWait: 60, attempts: 7 } });
    const { sensors } = await readSensorInventory(lossy);
    expect(sensors.map((sensor) => sensor.name)).toEqual(['CPU Temp', 'Fan 1']);
    await lossy.close();
    expect(relay.count['to-controller']).toBeGreaterThan(relay.count['to-client']);
    relay.stop();
  });
});
