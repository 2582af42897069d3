import type { ByteReader } from '../byte-reader.ts';
import { rdpLimits } from '../limits.ts';
import { RdpError } from '../rdp-error.ts';
import type { ClientChannel, ClientCluster, ClientCore, ClientData, ClientMonitor } from './client-data.ts';
import { readClientCore } from './read-client-core.ts';

const block = { core: 0xc001, security: 0xc002, net: 0xc003, cluster: 0xc004, monitor: 0xc005 } as const;

/** Reads the blocks of client data ([MS-RDPBCGR] 2.2.1.3.1); blocks that this package does not know are passed over. */
export function readClientData(reader: ByteReader): ClientData {
  let core: ClientCore | null = null;
  let cluster: ClientCluster | null = null;
  let channels: readonly ClientChannel[] = [];
  let monitors: readonly ClientMonitor[] = [];
  let encryptionMethods = 0;
  while (reader.left >= 4) {
    const type = reader.u16();
    const length = reader.u16();
    if (length < 4) throw reader.wrong(`a block of ${length} bytes is too short`);
    const part = reader.part(length - 4);
    if (type === block.core) core = readClientCore(part);
    else if (type === block.security) encryptionMethods = part.u32();
    else if (type === block.net) channels = readChannels(part);
    else if (type === block.cluster) cluster = readCluster(part);
    else if (type === block.monitor) monitors = readMonitors(part);
  }
  if (!core) throw reader.wrong('it has no core data');
  return { core, cluster, channels, monitors, encryptionMethods };
}

function readChannels(part: ByteReader): ClientChannel[] {
  const count = part.u32();
  if (count > rdpLimits.channels) throw new RdpError('limits', `a client names ${count} virtual channels`);
  return Array.from({ length: count }, () => ({ name: part.ansi(8), options: part.u32() }));
}

function readCluster(part: ByteReader): ClientCluster {
  const flags = part.u32();
  const sessionId = part.left >= 4 ? part.u32() : 0;
  return {
    redirectionSupported: (flags & 1) !== 0,
    redirectionVersion: ((flags >> 2) & 0xf) + 1,
    redirectedSessionId: (flags & 2) !== 0 ? sessionId : null,
    smartcard: (flags & 0x40) !== 0,
  };
}

function readMonitors(part: ByteReader): ClientMonitor[] {
  part.skip(4);
  const count = part.u32();
  if (count > rdpLimits.monitors) throw new RdpError('limits', `a client names ${count} monitors`);
  return Array.from({ length: count }, () => ({
    left: part.i32(),
    top: part.i32(),
    right: part.i32(),
    bottom: part.i32(),
    primary: (part.u32() & 1) !== 0,
  }));
}
