const ocp437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';
const ocp850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';
/** Pages whose table the runtime has under another name. */
const named: Readonly<Record<number, string>> = {
  866: 'ibm866',
  874: 'windows-874',
  1250: 'windows-1250',
  1251: 'windows-1251',
  1252: 'windows-1252',
  1253: 'windows-1253',
  1254: 'windows-1254',
  1255: 'windows-1255',
  1256: 'windows-1256',
  1257: 'windows-1257',
  1258: 'windows-1258',
  28592: 'iso-8859-2',
};

function upperHalf(codePage: number): string | null {
  if (codePage === 437) return ocp437;
  if (codePage === 850) return ocp850;
  const name = named[codePage];
  return name
    ? Array.from({ length: 128 }, (_, at) => new TextDecoder(name).decode(Uint8Array.of(at + 128))).join('')
    : null;
}

/** Recodes what a command prints and reads, in pieces of any size. ASCII passes without being looked at twice. */
export interface CodePage {
  /** The command's UTF-8 as the client's bytes; a letter that the page lacks is `?`, bytes that are no UTF-8 pass. `last` empties what waits. */
  output(): (bytes: Buffer, last: boolean) => Buffer;
  /** The client's bytes as the command's UTF-8. */
  input(bytes: Uint8Array): Uint8Array;
}

const passed: CodePage = { output: () => (bytes) => bytes, input: (bytes) => bytes };
const empty = Buffer.alloc(0);

/** Length of the UTF-8 sequence that a byte begins, 0 when it begins none. */
const sequenceLength = (byte: number): number =>
  byte < 0x80
    ? 1
    : byte >= 0xc2 && byte < 0xe0
      ? 2
      : byte >= 0xe0 && byte < 0xf0
        ? 3
        : byte >= 0xf0 && byte < 0xf5
          ? 4
          : 0;

function recoder(bytesOf: ReadonlyMap<number, number>): (bytes: Buffer, last: boolean) => Buffer {
  let waiting: Buffer = empty;
  return (bytes, last) => {
    if (waiting.length === 0 && !bytes.some((byte) => byte > 0x7f)) return bytes;
    const all = waiting.length > 0 ? Buffer.concat([waiting, bytes]) : bytes;
    const out = Buffer.allocUnsafe(all.length);
    let written = 0;
    let at = 0;
    while (at < all.length) {
      const length = sequenceLength(all[at]!);
      if (length > all.length - at && !last) break;
      const sequence = all.subarray(at, at + length);
      const whole =
        length > 0 &&
        sequence.length === length &&
        (length === 1 || sequence.subarray(1).every((one) => (one & 0xc0) === 0x80));
      const code = whole && length > 1 ? sequence.toString('utf8').codePointAt(0)! : all[at]!;
      out[written++] = whole && length > 1 ? (bytesOf.get(code) ?? 0x3f) : code;
      at += whole ? length : 1;
    }
    waiting = at < all.length ? Buffer.from(all.subarray(at)) : empty;
    return out.subarray(0, written);
  };
}

/** The code page of a shell (WINRS_CODEPAGE). UTF-8 and pages that we have no table for pass every byte as it is. */
export function codePage(number: number): CodePage {
  const upper = number === 65001 ? null : upperHalf(number);
  if (!upper) return passed;
  const bytesOf = new Map(Array.from(upper, (one, at) => [one.codePointAt(0)!, at + 128] as const));
  return {
    output: () => recoder(bytesOf),
    input: (bytes) =>
      Buffer.from(Array.from(bytes, (one) => (one < 128 ? String.fromCharCode(one) : upper[one - 128])).join('')),
  };
}
