import type { ByteReader } from '../byte-reader.ts';
import { rdpLimits } from '../limits.ts';
import { RdpError } from '../rdp-error.ts';
import type { ClientCapabilities } from './client-capabilities.ts';
import { capability, generalFlag, skipAlpha } from './demand-active.ts';

/** Reads the Confirm Active PDU behind its Share Control header ([MS-RDPBCGR] 2.2.1.13.2). Sets that do not matter are passed over. */
export function readConfirmActive(content: ByteReader): ClientCapabilities {
  content.skip(6); // share id, originator
  const descriptor = content.u16();
  content.skip(2);
  content.skip(descriptor);
  const count = content.u16();
  content.skip(2);
  if (count > rdpLimits.capabilitySets) throw new RdpError('limits', `a client sends ${count} capability sets`);
  const sets = new Map<number, ByteReader>();
  for (let n = 0; n < count; n++) {
    const type = content.u16();
    const length = content.u16();
    if (length < 4) throw content.wrong(`a capability set of ${length} bytes is too short`);
    sets.set(type, content.part(length - 4));
  }
  return capabilitiesOf(sets, content);
}

function capabilitiesOf(sets: ReadonlyMap<number, ByteReader>, content: ByteReader): ClientCapabilities {
  const bitmap = sets.get(capability.bitmap);
  if (!bitmap) throw content.wrong('it has no bitmap capability set');
  const colorDepth = bitmap.u16();
  bitmap.skip(6);
  const desktopWidth = bitmap.u16();
  const desktopHeight = bitmap.u16();
  bitmap.skip(2 + 2 + 2 + 1); // pad, resize, compression, high color
  const drawing = bitmap.left > 0 ? bitmap.u8() : 0;
  const general = sets.get(capability.general);
  general?.skip(10);
  const extra = general?.u16() ?? 0;
  const input = sets.get(capability.input);
  input?.skip(4);
  return {
    desktopWidth,
    desktopHeight,
    colorDepth,
    fastPathOutput: (extra & generalFlag.fastPathOutput) !== 0,
    noBitmapHeader: (extra & generalFlag.noBitmapHeader) !== 0,
    skipAlpha: (drawing & skipAlpha) !== 0,
    maxRequestSize: sets.get(capability.multifragment)?.u32() ?? 0,
    largePointer: ((sets.get(capability.largePointer)?.u16() ?? 0) & 1) !== 0,
    keyboardLayout: input && input.left >= 4 ? input.u32() : 0,
  };
}
