import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** OpenIPMI's simulator of a management controller, with a temperature sensor, a fan, a FRU and an event log. */
export interface IpmiSim {
  readonly port: number;
  /** What the chassis was told, a line each: `set power 1`. */
  orders(): Promise<string[]>;
  /** ipmitool's answer from the same controller. */
  ipmitool(...words: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** The user of the simulator, an administrator. */
export const simUser = { user: 'admin', password: 'quiet-secret' } as const;

/** What ipmitool prints for a command to the controller at `port`, by a cipher suite. */
export async function runIpmitool(port: number, suite: number, words: readonly string[]): Promise<string> {
  const where = ['-I', 'lanplus', '-C', String(suite), '-H', '127.0.0.1', '-p', String(port)];
  const who = ['-U', simUser.user, '-E'];
  const env = { ...process.env, IPMI_PASSWORD: simUser.password };
  return (await promisify(execFile)('ipmitool', [...where, ...who, ...words], { env, timeout: 30_000 })).stdout;
}

/** A UDP port that is free at this moment. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

const configuration = (folder: string, port: number) => `name "sim"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 ${port}
    priv_limit admin
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  endlan
  chassis_control "${folder}/chassis"
  user 2 true "${simUser.user}" "${simUser.password}" admin 10 none md2 md5 straight
`;

const chassis = (folder: string) => `#!/bin/sh
echo "$@" >> ${folder}/orders
case "$1 $2" in
  "get power") echo "power:$(cat ${folder}/power)" ;;
  "set power") echo "$3" > ${folder}/power ;;
  "get boot") echo "boot:$(cat ${folder}/boot)" ;;
  "set boot") echo "$3" > ${folder}/boot ;;
esac
`;

const hex = (bytes: Iterable<number>) => Array.from(bytes, (byte) => `0x${byte.toString(16)}`).join(' ');
const text = (value: string) => [0xc0 | value.length, ...Buffer.from(value)];

/** A full sensor record: 53 bytes behind the header, as the specification lays them out. */
function fullSensor(
  number: number,
  type: number,
  unit: number,
  scale: number[],
  thresholds: number[],
  name: string,
): string {
  const [m = 1, b = 0, exponents = 0, format = 0] = scale;
  const body = [
    ...[0x20, 0x00, number, 0x07, 0x01, 0x7f, 0x68, type, 0x01],
    ...[0x80, 0x0a, 0x80, 0x7a, 0x3f, 0x3f, format, unit, 0x00, 0x00],
    ...[m & 0xff, (m >> 2) & 0xc0, b & 0xff, (b >> 2) & 0xc0, 0x00, exponents],
    ...[0x07, 0x60, 0xb0, 0x01, 0xff, 0x00, ...thresholds, 0x02, 0x02, 0x00, 0x00, 0x00],
    ...text(name),
  ];
  return hex([0, 0, 0x51, 0x01, body.length, ...body]);
}

const sum = (bytes: readonly number[]) => -bytes.reduce((total, byte) => total + byte, 0) & 0xff;

function fru(): string {
  const fields = [...text('Aufgestellt & Co'), ...text('Blade 7'), ...text('SN-0042'), ...text('PN-9'), 0x00, 0xc1];
  const length = Math.ceil((6 + fields.length + 1) / 8) * 8;
  const board = [0x01, length / 8, 0x00, 0x80, 0x00, 0x00, ...fields];
  while (board.length < length - 1) board.push(0);
  const header = [0x01, 0, 0, 1, 0, 0, 0];
  return hex([...header, sum(header), ...board, sum(board)]);
}

const commands = () => `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
sensor_add 0x20 0 0 35 0x6f event-only
sensor_add 0x20 0 1 0x01 0x01
main_sdr_add 0x20 ${fullSensor(1, 1, 1, [1, -10, 0, 0], [0xa0, 0x90, 0x70, 0, 0, 0], 'CPU Temp')}
sensor_set_value 0x20 0 1 0x2a 0
sensor_set_threshold 0x20 0 1 settable 111000 0xa0 0x90 0x70 0x00 0x00 0x00
sensor_set_event_support 0x20 0 1 enable scanning per-state 000111111000000 000111111000000 000111111000000 000111111000000
sensor_add 0x20 0 2 0x04 0x01
main_sdr_add 0x20 ${fullSensor(2, 4, 18, [60, 0, 0, 0], [0, 0, 0, 5, 10, 15], 'Fan 1')}
sensor_set_value 0x20 0 2 0x50 0
sensor_set_threshold 0x20 0 2 settable 000111 0x00 0x00 0x00 0x05 0x0a 0x0f
sensor_set_event_support 0x20 0 2 enable scanning per-state 000000000111111 000000000111111 000000000111111 000000000111111
sel_add 0x20 0x02 0x10 0x27 0x00 0x60 0x20 0x00 0x04 0x01 0x01 0x01 0x59 0x91 0x90
sel_add 0x20 0x02 0x20 0x27 0x00 0x60 0x20 0x00 0x04 0x08 0x03 0xef 0x03 0xff 0xff
mc_add_fru_data 0x20 0 256 data ${fru()}
mc_enable 0x20
`;

/** Starts a simulator of its own. Throws with what it printed when it does not come up. */
export async function startIpmiSim(): Promise<IpmiSim> {
  const folder = await mkdtemp(join(tmpdir(), 'atelier-ipmi-'));
  const port = await freeUdpPort();
  await writeFile(join(folder, 'lan.conf'), configuration(folder, port));
  await writeFile(join(folder, 'sim.emu'), commands());
  await writeFile(join(folder, 'chassis'), chassis(folder), { mode: 0o755 });
  await writeFile(join(folder, 'power'), '1');
  await writeFile(join(folder, 'boot'), 'default');
  await writeFile(join(folder, 'orders'), '');
  const words = ['-c', join(folder, 'lan.conf'), '-f', join(folder, 'sim.emu'), '-s', folder, '-n'];
  const child = spawn('ipmi_sim', words, { stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const ipmitool = (...words: readonly string[]) => runIpmitool(port, 3, words);
  const sim: IpmiSim = {
    port,
    orders: async () => (await readFile(join(folder, 'orders'), 'utf8')).split('\n').filter(Boolean),
    ipmitool,
    async stop() {
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
  await ipmitool('mc', 'info').catch(async (error) => {
    await sim.stop();
    throw new Error('ipmi_sim did not come up', { cause: error });
  });
  return sim;
}
