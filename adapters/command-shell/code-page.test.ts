import { describe, expect, it } from 'vitest';
import { codePage } from './code-page.ts';

describe('code pages', () => {
  it.each([
    [437, 'é ß ░', [0x82, 0x20, 0xe1, 0x20, 0xb0]],
    [850, 'é Ø', [0x82, 0x20, 0x9d]],
    [1252, 'é €', [0xe9, 0x20, 0x80]],
    [866, 'Ж', [0x86]],
  ])('%i says %s in its own bytes, both ways', (page, text, bytes) => {
    const { output, input } = codePage(page);
    expect([...output()(Buffer.from(text), true)]).toEqual(bytes);
    expect(Buffer.from(input(Uint8Array.from(bytes))).toString()).toBe(text);
  });

  it('have 128 letters in their upper half', () => {
    for (const page of [437, 850, 1252]) {
      const all = Uint8Array.from({ length: 128 }, (_, at) => at + 128);
      expect([...Buffer.from(codePage(page).input(all)).toString()]).toHaveLength(128);
    }
  });

  it('keep a letter that comes in two pieces, say ? for what they lack, and pass what is no UTF-8', () => {
    const recode = codePage(437).output();
    const bytes = Buffer.from('aé漢');
    const pieces = Array.from(bytes, (one) => recode(Buffer.of(one), false));
    expect(Buffer.concat([...pieces, recode(Buffer.of(0xff), true)])).toEqual(Buffer.of(0x61, 0x82, 0x3f, 0xff));
  });

  it('leave UTF-8 and unknown pages alone', () => {
    const bytes = Buffer.from([0, 0xff, 0xc3]);
    for (const page of [65001, 932]) expect(codePage(page).output()(bytes, false)).toBe(bytes);
  });
});
