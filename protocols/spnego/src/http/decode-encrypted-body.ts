import { plainBytes } from '../crypto/hashes.ts';
import { SpnegoError } from '../spnego-error.ts';
import {
  type EncryptedPart,
  type EncryptionProtocol,
  type HttpBody,
  parseEncryptedType,
  protocolType,
} from './encrypted-body.ts';

const wrong = (why: string) => new SpnegoError('spnego.http-encryption', `an encrypted body ${why}`);
const longestLine = 1024;
const longestHeader = 4096;
const mostParts = 8192;

/** Reads the lines of the headings; knows where in the bytes it is. */
class Scanner {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** The next line without its end and without white space around it. */
  line(): string {
    const end = this.bytes.indexOf('\r\n', this.at, 'latin1');
    if (end < 0 || end - this.at > longestLine) throw wrong('has a heading without an end');
    const line = this.bytes.toString('latin1', this.at, end);
    this.at = end + 2;
    return line.trim();
  }

  u32(): number {
    if (this.at + 4 > this.bytes.length) throw wrong('is cut off');
    this.at += 4;
    return this.bytes.readUInt32LE(this.at - 4);
  }
}

/** `-- Encrypted Boundary` with a blank is what Windows itself writes sometimes. */
function isDelimiter(line: string, boundary: string): boolean {
  return line.startsWith('--') && line.slice(2).trimStart() === boundary;
}

/** Where the data ends that begins at `from`: at the delimiter, best where the plain length lets us expect it. */
function endOfData(bytes: Buffer, from: number, expected: number, boundary: string): number {
  const forms = [`--${boundary}`, `-- ${boundary}`];
  if (forms.some((form) => bytes.toString('latin1', expected, expected + form.length) === form)) return expected;
  const places = forms.map((form) => bytes.indexOf(form, from, 'latin1')).filter((place) => place >= 0);
  if (places.length === 0) throw wrong('has no boundary after its data');
  return Math.min(...places);
}

function readHeading(
  scanner: Scanner,
  protocol: EncryptionProtocol,
  boundary: string,
): Pick<EncryptedPart, 'contentType' | 'length'> {
  let original: RegExpExecArray | null = null;
  let type = '';
  for (let n = 0; ; n++) {
    const line = scanner.line();
    if (isDelimiter(line, boundary)) break;
    if (n === 8) throw wrong('has too many lines in a heading');
    const [, name, value] = /^([A-Za-z-]+)\s*:\s*(.*)$/.exec(line) ?? [];
    if (name?.toLowerCase() === 'content-type') type = value!.toLowerCase();
    else if (name?.toLowerCase() === 'originalcontent')
      original = /^type\s*=\s*(.+?)\s*;\s*Length\s*=\s*(\d{1,10})$/i.exec(value!);
    else if (line !== '') throw wrong('has a line in a heading that does not belong there');
  }
  if (type !== protocolType(protocol).toLowerCase()) throw wrong('names two different protocols');
  if (!original) throw wrong('does not say what it was before encryption');
  return { contentType: original[1]!, length: Number(original[2]) };
}

function readPart(scanner: Scanner, protocol: EncryptionProtocol, boundary: string): EncryptedPart {
  const { contentType, length } = readHeading(scanner, protocol, boundary);
  if (!/^content-type\s*:\s*application\/octet-stream$/i.test(scanner.line())) throw wrong('has data of a wrong type');
  const { bytes } = scanner;
  // An empty line may follow, as MIME has it; a header's length cannot look like one.
  if (bytes[scanner.at] === 13 && bytes[scanner.at + 1] === 10 && bytes.readUInt16LE(scanner.at + 2) !== 0)
    scanner.at += 2;
  const headerLength = scanner.u32();
  if (headerLength > longestHeader || scanner.at + headerLength > bytes.length)
    throw wrong('has a header that is too long');
  const from = scanner.at + headerLength;
  const end = endOfData(bytes, from, from + length, boundary);
  const header = plainBytes(bytes.subarray(scanner.at, from));
  const data = plainBytes(bytes.subarray(from, end));
  if (length > header.length + data.length) throw wrong('is shorter than it says');
  scanner.at = end;
  return { contentType, length, header, data };
}

/**
 * Reads a body of encrypted parts. Takes what clients in use send: heading lines with or without a TAB, a blank after the
 * dashes, any case. The size of the body is the caller's to limit. Throws `spnego.http-encryption`.
 */
export function decodeEncryptedBody(sealed: HttpBody): {
  readonly protocol: EncryptionProtocol;
  readonly parts: readonly EncryptedPart[];
} {
  const type = parseEncryptedType(sealed.contentType);
  if (!type) throw wrong('has another content type');
  const { protocol, boundary } = type;
  const scanner = new Scanner(sealed.body);
  const parts: EncryptedPart[] = [];
  for (;;) {
    const rest = scanner.bytes.toString('latin1', scanner.at, scanner.at + boundary.length + 8).trimEnd();
    if (rest.endsWith('--') && isDelimiter(rest.slice(0, -2), boundary)) break;
    if (!isDelimiter(scanner.line(), boundary)) throw wrong('does not begin with its boundary');
    if (parts.length === mostParts) throw wrong(`has more than ${mostParts} parts`);
    parts.push(readPart(scanner, protocol, boundary));
  }
  if (parts.length === 0) throw wrong('is empty');
  return { protocol, parts };
}
