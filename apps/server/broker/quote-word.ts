/**
 * A word as programs of Windows, and agents, divide a command line: within double quotes, `\"` is a quote, and backslashes
 * mean themselves unless a quote follows.
 */
export const quoteWord = (word: string): string => `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
