import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type IpmiCommand, IpmiError } from '@atelier/ipmi';
import { BmcUnreachable, type IpmiAnswer, type IpmiTransport } from './ipmi-transport.ts';
import { oneAtATime } from './one-at-a-time.ts';

const devices = ['/dev/ipmi0', '/dev/ipmi/0', '/dev/ipmidev/0'];

/** Whether the kernel offers this machine's own controller. */
export const hasLocalController = (): boolean => devices.some((path) => existsSync(path));

/**
 * The machine's own controller through the kernel's driver. Node has no ioctl, so Debian's `ipmitool` carries each command to `/dev/ipmi0`:
 * `raw` hands the bytes through untouched.
 */
export function openLocalTransport(program = 'ipmitool'): IpmiTransport {
  const queue = oneAtATime();
  return {
    send: (command, signal) => queue(() => raw(program, command, signal)),
    close: async () => undefined,
  };
}

const hex = (value: number) => `0x${value.toString(16).padStart(2, '0')}`;

function raw(program: string, command: IpmiCommand, signal?: AbortSignal): Promise<IpmiAnswer> {
  const words = [command.netFn, command.command, ...command.data].map(hex);
  const lun = command.lun ? ['-l', String(command.lun)] : [];
  return new Promise((resolve, reject) => {
    execFile(
      program,
      ['-I', 'open', ...lun, 'raw', ...words],
      { timeout: 20_000, signal, maxBuffer: 64 * 1024 },
      (error, stdout, stderr) => {
        if (!error) return settle(resolve, reject, () => readAnswer(stdout));
        const code = /rsp=0x([0-9a-f]{1,2})\)/i.exec(stderr)?.[1];
        if (code) return resolve({ completionCode: Number.parseInt(code, 16), data: new Uint8Array() });
        if (error.name === 'AbortError') return reject(signal?.reason ?? error);
        const missing = 'code' in error && error.code === 'ENOENT';
        const fix = missing ? 'install the package ipmitool' : 'load the kernel modules ipmi_si and ipmi_devintf';
        reject(new BmcUnreachable(`cannot reach this machine's management controller: ${fix}`, { cause: error }));
      },
    );
  });
}

function readAnswer(text: string): IpmiAnswer {
  const words = text.split(/\s+/).filter(Boolean);
  if (words.some((word) => !/^[0-9a-f]{2}$/i.test(word)))
    throw new IpmiError('malformed', 'ipmitool printed something else than bytes');
  return { completionCode: 0, data: Uint8Array.from(words, (word) => Number.parseInt(word, 16)) };
}

function settle<T>(resolve: (value: T) => void, reject: (error: unknown) => void, make: () => T): void {
  try {
    resolve(make());
  } catch (error) {
    reject(error);
  }
}
