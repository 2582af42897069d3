/** What a browser's client says of itself that it cannot be told to say, or says wrongly. */
export interface ClientWishes {
  /** Windows' id of the keyboard layout, such as 0x40c for French; 0: as the client says. */
  readonly keyboardLayout: number;
}

const coreData = 0xc001;
/** Where the fields of Client Core Data (MS-RDPBCGR 2.2.1.3.2) begin, its header included. */
const at = { keyboardLayout: 16, highColorDepth: 140, supportedColorDepths: 142, earlyFlags: 144, connectionType: 210 };
const shortest = 212;
const depth24 = 24;
const depths24And32 = 0x0001 | 0x0008;
const want32Bits = 0x0002;
const validConnectionType = 0x0020;
const lan = 6;

/** Where the Client Core Data begin; -1: nowhere. Behind `Duca`, the client's key of the conference (T.124), a length of one or two octets comes first. */
function findCore(message: Buffer): number {
  const key = message.indexOf('Duca', 0, 'latin1');
  if (key < 0 || key + 6 >= message.length) return -1;
  const start = key + 4 + ((message[key + 4]! & 0x80) === 0 ? 1 : 2);
  if (start + 4 > message.length || message.readUInt16LE(start) !== coreData) return -1;
  const length = message.readUInt16LE(start + 2);
  return length >= shortest && start + length <= message.length ? start : -1;
}

/**
 * Changes, in place, what IronRDP says in its MCS Connect Initial: the person's keyboard layout, which it leaves at 0 (so every host takes it for American),
 * and 32 bits of colour over a local network. With the 16 bits that it asks for, xrdp sends bitmaps whose rows are padded, and IronRDP shears them; with 32
 * both speak RemoteFX. Gives whether the message was one; others stay as they are. `message` is one whole TPKT.
 */
export function setClientCore(message: Buffer, { keyboardLayout }: ClientWishes): boolean {
  // X.224 Data, then the tag of MCS Connect Initial (T.125, BER).
  if (message.length < 9 || message.readUInt16BE(4) !== 0x02f0 || message.readUInt16BE(7) !== 0x7f65) return false;
  const core = findCore(message);
  if (core < 0) return false;
  if (keyboardLayout !== 0) message.writeUInt32LE(keyboardLayout, core + at.keyboardLayout);
  const or = (place: number, bits: number) => message.writeUInt16LE(message.readUInt16LE(place) | bits, place);
  message.writeUInt16LE(depth24, core + at.highColorDepth);
  or(core + at.supportedColorDepths, depths24And32);
  or(core + at.earlyFlags, want32Bits | validConnectionType);
  message[core + at.connectionType] = lan;
  return true;
}
