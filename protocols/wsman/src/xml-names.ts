type Range = readonly [first: number, last: number];

/** Characters beyond ASCII that a name begins with, and those that only go on in one (XML 1.0 §2.3). */
const starts: readonly Range[] = [
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x2ff],
  [0x370, 0x37d],
  [0x37f, 0x1fff],
  [0x200c, 0x200d],
  [0x2070, 0x218f],
  [0x2c00, 0x2fef],
  [0x3001, 0xd7ff],
  [0xf900, 0xfdcf],
  [0xfdf0, 0xfffd],
  [0x10000, 0xeffff],
];
const laters: readonly Range[] = [
  [0xb7, 0xb7],
  [0x300, 0x36f],
  [0x203f, 0x2040],
];

const within = (code: number, ranges: readonly Range[]): boolean =>
  ranges.some(([first, last]) => code >= first && code <= last);

/** 1 may begin a name without colon, 2 may go on in one, by ASCII code. */
const kinds = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const one = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(one)) kinds[code] = 1;
  else if (/[-.0-9]/.test(one)) kinds[code] = 2;
}

function wideLength(text: string, at: number, first: boolean): number {
  const code = text.codePointAt(at)!;
  return within(code, starts) || (!first && within(code, laters)) ? (code > 0xffff ? 2 : 1) : 0;
}

/** Where the NCName that begins at `from` ends (Namespaces in XML 1.0 §3); `from` itself when none begins there. */
export function endOfName(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code < 128) {
      const kind = kinds[code];
      if (kind === 0 || (kind === 2 && at === from)) return at;
      at += 1;
      continue;
    }
    const length = at < text.length ? wideLength(text, at, at === from) : 0;
    if (length === 0) return at;
    at += length;
  }
}
