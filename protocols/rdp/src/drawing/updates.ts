import { ByteWriter } from '../byte-writer.ts';
import { ioChannel } from '../mcs/channel-ids.ts';
import { sendData } from '../mcs/domain-message.ts';
import { dataPdu, dataPduBytes } from '../share/share-header.ts';

/** Bytes of one update's content that every client takes in one message. */
const mostBytes = 15_000;

/** Bitmaps (`writeBitmapData`) as Bitmap Updates ([MS-RDPBCGR] 2.2.9.1.1.3.1.2, 2.2.9.1.2.1.2), as many in one message as fit. */
export function bitmapUpdates(bitmaps: readonly Uint8Array[], fastPath: boolean): Buffer[] {
  const messages: Buffer[] = [];
  let group: Uint8Array[] = [];
  let size = 0;
  const flush = () => {
    if (group.length === 0) return;
    const content = new ByteWriter().u16(1, group.length);
    for (const bitmap of group) content.bytes(bitmap);
    messages.push(fastPath ? fastPathUpdate(1, content.done()) : slowPath(dataPdu.update, content.done()));
    group = [];
    size = 0;
  };
  for (const bitmap of bitmaps) {
    if (size + bitmap.length > mostBytes) flush();
    group.push(bitmap);
    size += bitmap.length;
  }
  flush();
  return messages;
}

/** The system's arrow, or no pointer ([MS-RDPBCGR] 2.2.9.1.1.4.3, 2.2.9.1.2.1.5). */
export function pointerUpdate(shape: 'arrow' | 'hidden', fastPath: boolean): Buffer {
  if (fastPath) return fastPathUpdate(shape === 'arrow' ? 6 : 5, Buffer.alloc(0));
  const content = new ByteWriter().u16(1, 0).u32(shape === 'arrow' ? 0x7f00 : 0);
  return slowPath(dataPdu.pointer, content.done());
}

const slowPath = (type: number, content: Uint8Array): Buffer => sendData(ioChannel, dataPduBytes(type, content));

/** One update in one Fast-Path Update PDU ([MS-RDPBCGR] 2.2.9.1.2): not encrypted, not compressed, not in fragments. */
function fastPathUpdate(code: number, content: Uint8Array): Buffer {
  const length = content.length + 6;
  return new ByteWriter()
    .u8(0)
    .u16be(0x8000 | length)
    .u8(code)
    .u16(content.length)
    .bytes(content)
    .done();
}
