import { describe, expect, it } from 'vitest';
import { requireSameOrigin } from './same-origin.ts';

const own = 'https://atelier.example:8443';
const may = (headers: Record<string, string>, cookie: boolean): boolean => {
  try {
    requireSameOrigin({ host: 'atelier.example:8443', ...headers }, own, cookie);
    return true;
  } catch {
    return false;
  }
};

describe('with the browser’s cookie', () => {
  it('needs a proof that the page is ours', () => {
    expect(may({}, true)).toBe(false);
    expect(may({ 'sec-fetch-site': 'none' }, true)).toBe(false);
    expect(may({ 'sec-fetch-site': 'same-origin' }, true)).toBe(true);
    expect(may({ origin: own }, true)).toBe(true);
    expect(may({ origin: 'https://ATELIER.example:8443' }, true)).toBe(true);
    expect(may({ host: 'inside:1', origin: own }, true)).toBe(true);
  });

  it('is not fooled by what looks alike', () => {
    const foreign = [
      'https://atelier.example',
      'http://atelier.example:8443',
      'https://atelier.example:8443.evil.example',
      'https://evil.example',
      'null',
      'garbage',
    ];
    for (const origin of foreign) {
      expect([origin, may({ origin }, true)]).toEqual([origin, false]);
      expect([origin, may({ origin, 'sec-fetch-site': 'same-origin' }, true)]).toEqual([origin, false]);
    }
    expect(may({ origin: own, 'sec-fetch-site': 'same-site' }, true)).toBe(false);
  });
});

describe('with a bearer secret', () => {
  it('needs no proof, and still refuses another site’s page', () => {
    expect(may({}, false)).toBe(true);
    expect(may({ 'sec-fetch-site': 'none' }, false)).toBe(true);
    expect(may({ 'sec-fetch-site': 'cross-site' }, false)).toBe(false);
    expect(may({ origin: 'https://evil.example' }, false)).toBe(false);
  });
});
