import type { Terminal } from './terminal.ts';

/** One line on stderr that is rewritten in place; on anything but a terminal, a new line at most every ten seconds. */
export interface ProgressLine {
  update(text: string): void;
  /** Removes the line, or leaves `text` in its place. */
  end(text?: string): void;
}

export function progressLine(terminal: Terminal, quiet = false): ProgressLine {
  let last = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  const clear = terminal.errIsTerminal ? '\r\x1b[2K' : '';
  return {
    update(text) {
      if (quiet || text === last) return;
      const now = performance.now();
      if (now - lastAt < (terminal.errIsTerminal ? 80 : 10_000)) return;
      last = text;
      lastAt = now;
      terminal.err.write(
        terminal.errIsTerminal ? `${clear}${[...text].slice(0, terminal.columns - 1).join('')}` : `${text}\n`,
      );
    },
    end(text) {
      if (quiet) return;
      terminal.err.write(`${last === '' ? '' : clear}${text === undefined ? '' : `${text}\n`}`);
      last = '';
    },
  };
}

/** `[████░░░░] 42 %` for a part of 0 to 1; nothing can be told for null. */
export function bar(part: number | null, width = 24): string {
  if (part === null) return '';
  const full = Math.round(Math.min(1, Math.max(0, part)) * width);
  return `[${'█'.repeat(full)}${'░'.repeat(width - full)}] ${String(Math.floor(part * 100)).padStart(3)} %`;
}
