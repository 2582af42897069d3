import { ByteReader } from '../byte-reader.ts';
import { rdpLimits } from '../limits.ts';
import { RdpError } from '../rdp-error.ts';
import type { InputEvent } from './input-event.ts';
import { locksEvent, mouseEvent } from './mouse-event.ts';

/** The length of the fast-path message at the front of `bytes` ([MS-RDPBCGR] 2.2.8.1.2), null while that is not known. */
export function fastPathLength(bytes: Uint8Array): number | null {
  if (bytes.length < 2) return null;
  const first = bytes[1]!;
  if ((first & 0x80) !== 0 && bytes.length < 3) return null;
  const length = (first & 0x80) === 0 ? first : ((first & 0x7f) << 8) | bytes[2]!;
  if (length < 3) throw new RdpError('malformed', `a fast-path message of ${length} bytes has no content`);
  if (length > rdpLimits.message) throw new RdpError('limits', `a fast-path message of ${length} bytes is too long`);
  return length;
}

/** Reads a whole Fast-Path Input Event PDU ([MS-RDPBCGR] 2.2.8.1.2). Throws `RdpError`; "unsupported" when RDP's own encryption is on. */
export function readFastPathInput(bytes: Uint8Array): InputEvent[] {
  const reader = new ByteReader(bytes, 'a fast-path input message');
  const header = reader.u8();
  if ((header & 0xc0) !== 0) throw new RdpError('unsupported', 'a fast-path message is encrypted by RDP itself');
  if ((reader.u8() & 0x80) !== 0) reader.skip(1);
  const count = (header >> 2) & 0xf || reader.u8();
  const events: InputEvent[] = [];
  for (let n = 0; n < count; n++) {
    const event = readEvent(reader);
    if (event) events.push(event);
  }
  return events;
}

function readEvent(reader: ByteReader): InputEvent | null {
  const header = reader.u8();
  const flags = header & 0x1f;
  const released = (flags & 1) !== 0;
  switch (header >> 5) {
    case 0:
      return {
        kind: 'key',
        code: reader.u8(),
        extended: (flags & 2) !== 0,
        extended1: (flags & 4) !== 0,
        released,
      };
    case 1:
      return mouseEvent(reader.u16(), reader.u16(), reader.u16());
    case 2: {
      // Buttons 4 and 5; what they do to a form is nothing.
      reader.skip(6);
      return null;
    }
    case 3:
      return locksEvent(flags);
    case 4:
      return { kind: 'unicode', unit: reader.u16(), released };
    case 5: // relative mouse
      reader.skip(6);
      return null;
    case 6: // quality of experience
      reader.skip(4);
      return null;
    default:
      throw reader.wrong(`event ${header >> 5} is unknown`);
  }
}
