/** A keyboard's characters by scan code. A character behind `deadMark` is an accent that waits for the next letter. */
export interface Layout {
  readonly plain: ReadonlyMap<number, string>;
  readonly shift: ReadonlyMap<number, string>;
  readonly altGr: ReadonlyMap<number, string>;
  /** What Caps Lock shifts: letters, or every key as a typewriter's lock did. */
  readonly capsLock: 'letters' | 'all';
}

/** Four rows of a plane from the left: behind the number row's first key, behind Tab, behind Caps Lock, behind Shift. Blanks are keys without character. */
export type Plane = readonly [string, string, string, string];

/** Scan codes of the rows (set 1). The third row ends with the key at Enter, the fourth begins with the one that US keyboards lack. */
const rows: readonly (readonly number[])[] = [
  [0x29, ...Array.from({ length: 12 }, (_, n) => 0x02 + n)],
  Array.from({ length: 12 }, (_, n) => 0x10 + n),
  [...Array.from({ length: 11 }, (_, n) => 0x1e + n), 0x2b],
  [0x56, ...Array.from({ length: 10 }, (_, n) => 0x2c + n)],
];

/** `◌` marks the following character as a dead key. */
export const deadMark = '◌';

/** Makes a layout of its planes as they are written in `layouts.ts`. */
export function layout(plain: Plane, shift: Plane, altGr: Plane, capsLock: Layout['capsLock'] = 'letters'): Layout {
  return { plain: keys(plain), shift: keys(shift), altGr: keys(altGr), capsLock };
}

function keys(plane: Plane): Map<number, string> {
  const found = new Map<number, string>();
  plane.forEach((row, index) => {
    const codes = rows[index]!;
    let at = 0;
    let dead = '';
    for (const character of row) {
      if (character === deadMark) {
        dead = deadMark;
        continue;
      }
      if (character !== ' ') found.set(codes[at]!, dead + character);
      dead = '';
      at++;
    }
    if (at > codes.length) throw new RangeError(`row ${index} has ${at} keys instead of ${codes.length}`);
  });
  return found;
}
