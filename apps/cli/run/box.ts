const width = (text: string) => [...text].length;

/** Lines in a frame, so that nobody overlooks them. */
export function box(lines: readonly string[]): string {
  const inner = Math.max(...lines.map(width));
  const edge = '─'.repeat(inner + 2);
  const body = lines.map((line) => `│ ${line}${' '.repeat(inner - width(line))} │`);
  return [`╭${edge}╮`, ...body, `╰${edge}╯`].join('\n');
}
