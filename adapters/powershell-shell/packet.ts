/** Session-wide packets carry this id instead of a pipeline's. */
export const sessionId = '00000000-0000-0000-0000-000000000000';

const kinds = ['Data', 'DataAck', 'Command', 'CommandAck', 'Signal', 'SignalAck', 'Close', 'CloseAck'] as const;
export type PacketKind = (typeof kinds)[number];

/** One line of PowerShell's out-of-process protocol. `id` is a GUID in upper case. */
export interface Packet {
  readonly kind: PacketKind;
  readonly id: string;
  /** Fragments of MS-PSRP 2.2.4; empty for all kinds but Data. */
  readonly data: Buffer;
}

const nothing = Buffer.alloc(0);
const form = /^<(\w+)((?:\s+\w+=(?:'[^'<]*'|"[^"<]*"))*)\s*(?:\/>|>([A-Za-z0-9+/]*={0,2})<\/(\w+)>)$/;
const guid = /\sPSGuid=['"]([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})['"]/i;

/** Reads one line without its end; null when it is no packet. */
export function readPacket(line: string): Packet | null {
  const found = form.exec(line);
  const kind = kinds.find((one) => one === found?.[1]);
  const id = found && guid.exec(found[2]!)?.[1];
  if (!found || !kind || !id || (found[4] !== undefined && found[4] !== kind)) return null;
  return { kind, id: id.toUpperCase(), data: kind === 'Data' && found[3] ? Buffer.from(found[3], 'base64') : nothing };
}

/** A Data line. `PromptResponse` carries answers to what a program asks its person. */
export const dataPacket = (id: string, data: Uint8Array, stream: 'Default' | 'PromptResponse'): string =>
  `<Data Stream='${stream}' PSGuid='${id.toLowerCase()}'>${Buffer.from(data).toString('base64')}</Data>\n`;

/** A line that only names what it is about. */
export const plainPacket = (kind: Exclude<PacketKind, 'Data'>, id: string): string =>
  `<${kind} PSGuid='${id.toLowerCase()}' />\n`;
