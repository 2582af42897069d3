import { atLeast } from './bytes.ts';
import type { IpmiCommand } from './lan-message.ts';

/** Which controller answers (IPMI 2.0 §20.1). */
export interface DeviceId {
  readonly deviceId: number;
  readonly revision: number;
  /** E.g. `9.08`. */
  readonly firmware: string;
  /** E.g. `2.0`. */
  readonly ipmiVersion: string;
  /** Number of the maker by IANA. */
  readonly manufacturer: number;
  readonly product: number;
}

const app = 0x06;
const none = new Uint8Array();

export const getDeviceId: IpmiCommand = { netFn: app, command: 0x01, data: none };

/** Reads the answer of Get Device ID. */
export function readDeviceId(data: Uint8Array): DeviceId {
  const bytes = atLeast(data, 11, 'Get Device ID');
  return {
    deviceId: bytes[0]!,
    revision: bytes[1]! & 0x0f,
    firmware: `${bytes[2]! & 0x7f}.${bytes[3]!.toString(16).padStart(2, '0')}`,
    ipmiVersion: `${bytes[4]! & 0x0f}.${bytes[4]! >> 4}`,
    manufacturer: bytes.readUIntLE(6, 3) & 0xfffff,
    product: bytes.readUInt16LE(9),
  };
}

/** Get Channel Authentication Capabilities (§22.13) for the channel that it arrives by, asking for IPMI 2.0's part. */
export const getAuthenticationCapabilities: IpmiCommand = {
  netFn: app,
  command: 0x38,
  data: Uint8Array.of(0x8e, 0x04),
};

/** What a controller lets us do before a session. */
export interface AuthenticationCapabilities {
  readonly channel: number;
  readonly rmcpPlus: boolean;
  /** The controller has a key (Kg) of its own besides the users' passwords. */
  readonly needsControllerKey: boolean;
}

export function readAuthenticationCapabilities(data: Uint8Array): AuthenticationCapabilities {
  const bytes = atLeast(data, 8, 'Get Channel Authentication Capabilities');
  const extended = (bytes[1]! & 0x80) !== 0;
  return {
    channel: bytes[0]! & 0x0f,
    rmcpPlus: extended && (bytes[3]! & 0x02) !== 0,
    needsControllerKey: (bytes[2]! & 0x20) !== 0,
  };
}

/** Get Channel Cipher Suites (§22.15): the `index`th 16 bytes of the list. */
export const getCipherSuites = (index: number): IpmiCommand => ({
  netFn: app,
  command: 0x54,
  data: Uint8Array.of(0x0e, 0x00, 0x80 | index),
});

/** Set Session Privilege Level (§22.18). */
export const setPrivilege = (level: number): IpmiCommand => ({ netFn: app, command: 0x3b, data: Uint8Array.of(level) });

/** Close Session (§22.19). */
export function closeSession(controllerId: number): IpmiCommand {
  const data = Buffer.alloc(4);
  data.writeUInt32LE(controllerId);
  return { netFn: app, command: 0x3c, data };
}
