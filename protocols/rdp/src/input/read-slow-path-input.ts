import type { ByteReader } from '../byte-reader.ts';
import type { InputEvent } from './input-event.ts';
import { locksEvent, mouseEvent } from './mouse-event.ts';

const released = 0x8000;

/** Reads the content of an Input Event PDU ([MS-RDPBCGR] 2.2.8.1.1.3). Throws `RdpError`. */
export function readSlowPathInput(content: ByteReader): InputEvent[] {
  const count = content.u16();
  content.skip(2);
  const events: InputEvent[] = [];
  for (let n = 0; n < count; n++) {
    content.skip(4); // time
    const event = readEvent(content.u16(), content.part(6));
    if (event) events.push(event);
  }
  return events;
}

function readEvent(type: number, body: ByteReader): InputEvent | null {
  switch (type) {
    case 0x0000:
      body.skip(2);
      return locksEvent(body.u32());
    case 0x0004: {
      const flags = body.u16();
      const code = body.u16() & 0xff;
      const extended = (flags & 0x100) !== 0;
      return { kind: 'key', code, extended, extended1: (flags & 0x200) !== 0, released: (flags & released) !== 0 };
    }
    case 0x0005: {
      const flags = body.u16();
      return { kind: 'unicode', unit: body.u16(), released: (flags & released) !== 0 };
    }
    case 0x8001:
      return mouseEvent(body.u16(), body.u16(), body.u16());
    default:
      return null;
  }
}
