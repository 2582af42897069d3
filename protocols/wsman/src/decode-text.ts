import { XmlError } from './xml-error.ts';

/** Encodings that WS-Management messages come in (DSP0226 §13). */
export type TextEncoding = 'utf-8' | 'utf-16';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const littleEndian = new TextDecoder('utf-16le', { fatal: true });
const bigEndian = new TextDecoder('utf-16be', { fatal: true });

function decoderOf(bytes: Uint8Array): [TextDecoder, TextEncoding] {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return [littleEndian, 'utf-16'];
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return [bigEndian, 'utf-16'];
  return [utf8, 'utf-8'];
}

/** Text of XML bytes: UTF-16 by its byte order mark or first `<`, everything else UTF-8 with or without a mark. Throws `XmlError` `encoding`. */
export function decodeText(bytes: Uint8Array): { readonly text: string; readonly encoding: TextEncoding } {
  const [decoder, encoding] = decoderOf(bytes);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw new XmlError('encoding', `the bytes are no ${encoding}`, { cause });
  }
  const declared = /^<\?xml[^>]{0,100}?encoding\s*=\s*["']([^"']{1,40})["']/.exec(text)?.[1]?.toLowerCase();
  if (
    declared &&
    declared !== encoding &&
    !(encoding === 'utf-16' && declared.startsWith('utf-16')) &&
    declared !== 'us-ascii'
  )
    throw new XmlError('encoding', `the declared encoding is not that of the bytes, ${encoding}`);
  return { text, encoding };
}

/** Bytes of a message; UTF-16 is little endian with a byte order mark, as Windows writes it. */
export function encodeText(text: string, encoding: TextEncoding): Buffer {
  return encoding === 'utf-16' ? Buffer.from(`\ufeff${text}`, 'utf16le') : Buffer.from(text, 'utf8');
}

/** Length in bytes that `text` has in an encoding. */
export function encodedLength(text: string, encoding: TextEncoding): number {
  return encoding === 'utf-16' ? text.length * 2 : Buffer.byteLength(text, 'utf8');
}
