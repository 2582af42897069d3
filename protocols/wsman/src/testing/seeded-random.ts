/** Random numbers that are the same in every run (mulberry32): `next(n)` gives a whole number below n. For tests. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const pieces = [
  '<',
  '>',
  '/>',
  '</',
  '"',
  "'",
  '&',
  '&amp;',
  '&#0;',
  '&#x41;',
  ']]>',
  '<![CDATA[',
  '<!--',
  '-->',
  'xmlns:a=""',
  ' x="1"',
  'a:',
  '\u0000',
  '\u00e9',
  '\ud800',
  '=',
  ' ',
];

/** A message with a few random changes: pieces of markup put in, stretches cut out, doubled or moved. */
export function mutateText(text: string, random: (below: number) => number): string {
  let out = text;
  for (let n = 1 + random(3); n > 0; n--) {
    const at = random(out.length + 1);
    const length = 1 + random(12);
    switch (random(5)) {
      case 0:
        out = out.slice(0, at) + pieces[random(pieces.length)] + out.slice(at);
        break;
      case 1:
        out = out.slice(0, at) + out.slice(at + length);
        break;
      case 2:
        out = out.slice(0, at + length) + out.slice(at);
        break;
      case 3:
        out = out.slice(0, at) + String.fromCharCode(random(128)) + out.slice(at + 1);
        break;
      default: {
        const from = random(out.length + 1);
        out = out.slice(0, at) + out.slice(from, from + random(60)) + out.slice(at + random(20));
      }
    }
  }
  return out;
}
