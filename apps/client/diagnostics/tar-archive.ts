import { gzipSync } from 'node:zlib';

export interface ArchiveEntry {
  /** ASCII, at most 100 bytes, relative. */
  readonly name: string;
  readonly content: string;
}

/** A gzipped tar archive (POSIX ustar) of small text files. */
export function tarGz(entries: readonly ArchiveEntry[], modified = new Date()): Buffer {
  const blocks: Buffer[] = [];
  for (const { name, content } of entries) {
    const bytes = Buffer.from(content);
    blocks.push(header(name, bytes.length, modified), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  blocks.push(Buffer.alloc(1024));
  return gzipSync(Buffer.concat(blocks));
}

function header(name: string, size: number, modified: Date): Buffer {
  if (Buffer.byteLength(name) > 100) throw new TypeError(`the name ${name} is too long for an archive`);
  const block = Buffer.alloc(512);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  block.write(name, 0);
  block.write(`${octal(0o600, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100);
  block.write(`${octal(size, 11)}\0${octal(Math.floor(modified.getTime() / 1000), 11)}\0`, 124);
  block.write('        0', 148);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}
