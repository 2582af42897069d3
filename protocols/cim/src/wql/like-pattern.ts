/** One place of a pattern: any characters, or one character that a test accepts. */
type Piece = { readonly kind: 'any' } | { readonly kind: 'one'; readonly fits: (character: string) => boolean };

function readSet(
  pattern: string,
  from: number,
): { readonly fits: (one: string) => boolean; readonly end: number } | null {
  const close = pattern.indexOf(']', from + 2);
  if (close < 0) return null;
  const negated = pattern[from + 1] === '^' || pattern[from + 1] === '!';
  const body = pattern.slice(from + (negated ? 2 : 1), close);
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < body.length; at++)
    if ((body[at + 1] === '-' || body[at + 1] === '=') && at + 2 < body.length) {
      ranges.push([body[at]!, body[at + 2]!]);
      at += 2;
    } else ranges.push([body[at]!, body[at]!]);
  const inside = (one: string): boolean => ranges.some(([low, high]) => one >= low && one <= high);
  return { fits: (one) => inside(one) !== negated, end: close };
}

/** Tests text against WQL's LIKE pattern, without case: `%` any, `_` one, `[abc]`, `[a-z]`, `[^…]`. Never takes more than length × length steps. */
export function likePattern(pattern: string): (text: string) => boolean {
  const lower = pattern.toLowerCase();
  const pieces: Piece[] = [];
  for (let at = 0; at < lower.length; at++) {
    const one = lower[at]!;
    if (one === '%') {
      if (pieces[pieces.length - 1]?.kind !== 'any') pieces.push({ kind: 'any' });
      continue;
    }
    const set = one === '[' ? readSet(lower, at) : null;
    if (set) {
      pieces.push({ kind: 'one', fits: set.fits });
      at = set.end;
    } else if (one === '_') pieces.push({ kind: 'one', fits: () => true });
    else pieces.push({ kind: 'one', fits: (character) => character === one });
  }
  return (text) => {
    const subject = text.toLowerCase();
    let at = 0;
    let piece = 0;
    let lastAny = -1;
    let retry = 0;
    while (at < subject.length) {
      const current = pieces[piece];
      if (current?.kind === 'one' && current.fits(subject[at]!)) {
        at++;
        piece++;
      } else if (current?.kind === 'any') {
        lastAny = piece++;
        retry = at;
      } else if (lastAny >= 0) {
        piece = lastAny + 1;
        at = ++retry;
      } else return false;
    }
    while (pieces[piece]?.kind === 'any') piece++;
    return piece === pieces.length;
  };
}
