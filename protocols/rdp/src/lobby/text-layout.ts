import { type FaceName, face, type Glyph } from './read-font.ts';

/** A glyph with the place of its pen: pixels from the text's beginning. */
export interface PlacedGlyph {
  readonly glyph: Glyph;
  readonly x: number;
}

/** What stands for characters that the font does not have: an empty box. */
function missing(size: number): Glyph {
  const [width, height] = [Math.round(size * 0.5), Math.round(size * 0.7)];
  const coverage = new Uint8Array(width * height);
  for (let n = 0; n < coverage.length; n++) {
    const [x, y] = [n % width, Math.floor(n / width)];
    coverage[n] = x === 0 || y === 0 || x === width - 1 || y === height - 1 ? 9 : 0;
  }
  return { advance: (width + 2) * 4, left: 1, top: -height, width, height, coverage };
}

/** The glyph of a character; without its accents where only those are lacking. */
function glyphOf(name: FaceName, character: string): Glyph {
  const { glyphs, size } = face(name);
  const code = character.codePointAt(0)!;
  return glyphs.get(code) ?? glyphs.get(character.normalize('NFD').codePointAt(0)!) ?? missing(size);
}

/** Places the characters of one line one after the other. */
export function placeText(name: FaceName, text: string): { readonly glyphs: readonly PlacedGlyph[]; width: number } {
  let quarters = 0;
  const glyphs: PlacedGlyph[] = [];
  for (const character of text.normalize('NFC')) {
    const glyph = glyphOf(name, character);
    glyphs.push({ glyph, x: Math.round(quarters / 4) });
    quarters += glyph.advance;
  }
  return { glyphs, width: Math.ceil(quarters / 4) };
}

/** How far each character moves the pen on, in quarters of a pixel. */
export const advances = (name: FaceName, characters: readonly string[]): readonly number[] =>
  characters.map((character) => glyphOf(name, character).advance);

/** Width of one line in pixels. */
export const textWidth = (name: FaceName, text: string): number => placeText(name, text).width;

/** The text, or as much of its beginning as fits into `width` pixels with an ellipsis. */
export function fitText(name: FaceName, text: string, width: number): string {
  if (textWidth(name, text) <= width) return text;
  const characters = [...text];
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (textWidth(name, `${characters.slice(0, middle).join('')}…`) <= width) low = middle;
    else high = middle - 1;
  }
  return `${characters.slice(0, low).join('').trimEnd()}…`;
}

/** The text in at most `lines` lines of at most `width` pixels, broken between words; the last is cut with an ellipsis. */
export function wrapText(name: FaceName, text: string, width: number, lines: number): readonly string[] {
  const broken: string[] = [];
  let line = '';
  const words = text.split(/\s+/).filter((word) => word !== '');
  for (const [index, word] of words.entries()) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(name, longer) <= width || line === '') {
      line = longer;
      continue;
    }
    if (broken.length === lines - 1) return [...broken, fitText(name, [line, ...words.slice(index)].join(' '), width)];
    broken.push(line);
    line = word;
  }
  return [...broken, line].filter((one) => one !== '').map((one) => fitText(name, one, width));
}
