/**
 * Makes the bitmap font of `protocols/rdp` from Inter: `node tools/lobby-font.ts` writes `protocols/rdp/src/lobby/font-data.ts`.
 * Chromium draws each glyph once; the room then needs neither a font file nor a rasteriser. Format: see `read-font.ts` there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const root = join(import.meta.dirname, '..');
const faces = [
  { name: 'small', size: 13, weight: 400 },
  { name: 'body', size: 15, weight: 400 },
  { name: 'strong', size: 15, weight: 600 },
  { name: 'title', size: 25, weight: 600 },
] as const;

/** Latin-1 and Extended-A, what Romanian and German lack there, Greek, Cyrillic, and the signs that interfaces use. */
const ranges: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x218, 0x21b],
  [0x1e9e, 0x1e9e],
  [0x386, 0x3ce],
  [0x400, 0x45f],
  [0x490, 0x491],
  [0x2013, 0x2014],
  [0x2018, 0x201e],
  [0x2022, 0x2022],
  [0x2026, 0x2026],
  [0x20ac, 0x20ac],
  [0x2122, 0x2122],
  [0x2190, 0x2193],
];
const codes = ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, n) => from + n));

const file = (subset: string, weight: number) =>
  readFileSync(join(root, `node_modules/@fontsource/inter/files/inter-${subset}-${weight}-normal.woff2`), 'base64');
const fonts = [400, 600].flatMap((weight) =>
  ['latin', 'latin-ext', 'greek', 'cyrillic', 'cyrillic-ext'].map((subset) => ({
    weight: String(weight),
    family: `Inter ${subset}`,
    data: file(subset, weight),
  })),
);

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage();
const drawn = await page.evaluate(draw, { faces: [...faces], codes, fonts });
await browser.close();

/** Runs in the page: each face as numbers, ready to be packed. */
async function draw(input: {
  readonly faces: readonly { readonly size: number; readonly weight: number }[];
  readonly codes: readonly number[];
  readonly fonts: readonly { readonly weight: string; readonly family: string; readonly data: string }[];
}): Promise<number[][]> {
  for (const { family, weight, data } of input.fonts) {
    const font = new FontFace(family, `url(data:font/woff2;base64,${data})`, { weight });
    document.fonts.add(await font.load());
  }
  const families = [...new Set(input.fonts.map((font) => `"${font.family}"`))].join(', ');
  const canvas = new OffscreenCanvas(96, 96);
  const pen = canvas.getContext('2d', { willReadFrequently: true })!;
  const [originX, originY] = [24, 60];
  return input.faces.map(({ size, weight }) => {
    pen.font = `${weight} ${size}px ${families}`;
    pen.fillStyle = '#fff';
    const bytes = [input.codes.length & 0xff, input.codes.length >> 8];
    for (const code of input.codes) {
      const text = String.fromCodePoint(code);
      pen.clearRect(0, 0, 96, 96);
      pen.fillText(text, originX, originY);
      const alpha = pen.getImageData(0, 0, 96, 96).data.filter((_, n) => n % 4 === 3);
      let [left, top, right, bottom] = [96, 96, 0, 0];
      alpha.forEach((value, n) => {
        if (value < 8) return;
        const [x, y] = [n % 96, Math.floor(n / 96)];
        [left, top, right, bottom] = [
          Math.min(left, x),
          Math.min(top, y),
          Math.max(right, x + 1),
          Math.max(bottom, y + 1),
        ];
      });
      if (right === 0) [left, top, right, bottom] = [originX, originY, originX, originY];
      const advance = Math.round(pen.measureText(text).width * 4);
      bytes.push(
        code & 0xff,
        code >> 8,
        advance,
        left - originX + 128,
        top - originY + 128,
        right - left,
        bottom - top,
      );
      const nibbles: number[] = [];
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) nibbles.push(Math.round(alpha[y * 96 + x]! / 17));
      for (let n = 0; n < nibbles.length; n += 2) bytes.push((nibbles[n]! << 4) | (nibbles[n + 1] ?? 0));
    }
    return bytes;
  });
}

const packed = deflateRawSync(Buffer.from(drawn.flat()), { level: 9 }).toString('base64');
writeFileSync(
  join(root, 'protocols/rdp/src/lobby/font-data.ts'),
  `// Written by tools/lobby-font.ts from Inter (SIL Open Font License 1.1: see ../../OFL.txt).
export const fontFaces = ${JSON.stringify(faces.map(({ name, size }) => ({ name, size })))} as const;
export const fontData =
  '${packed}';
`,
);
console.log(`${codes.length} glyphs in ${faces.length} faces, ${Math.round(packed.length / 1024)} KiB`);
