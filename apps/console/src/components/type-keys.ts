/** X11 keysyms that type `text`: Latin-1 as it is, line ends as Return, everything else by the Unicode rule (0x01000000 + code point). */
export function keysOf(text: string): number[] {
  return [...text.replaceAll('\r\n', '\n')].map((character) => {
    const code = character.codePointAt(0)!;
    if (character === '\n') return 0xff0d;
    if (character === '\t') return 0xff09;
    return code < 0x100 ? code : 0x01000000 + code;
  });
}

/** Sends keys one by one, with a pause between, because guests drop keys that come too fast. */
export async function typeKeys(keys: readonly number[], send: (key: number) => void, pauseMs = 12): Promise<void> {
  for (const key of keys) {
    send(key);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
