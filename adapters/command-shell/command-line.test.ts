import { describe, expect, it } from 'vitest';
import { shellLine, splitArguments } from './command-line.ts';
import { powerShellCommand } from './powershell-command.ts';

describe('words of a command line', () => {
  it.each([
    ['a b  c', ['a', 'b', 'c']],
    ['"a b" c', ['a b', 'c']],
    ['a"b c"d', ['ab cd']],
    ['"" x', ['', 'x']],
    [String.raw`a\b "c\"d" e\\"f g"`, [String.raw`a\b`, 'c"d', String.raw`e\f g`]],
    [String.raw`C:\dir\ x`, [String.raw`C:\dir` + '\\', 'x']],
  ])('%s', (line, words) => expect(splitArguments(line)).toEqual(words));
});

describe('the line for the shell', () => {
  it.each([
    ['ipconfig', ['/all'], 'ipconfig /all'],
    ['"echo hello"', [], 'echo hello'],
    ['"ls"', [], '"ls"'],
    ['"a b" "c d"', [], '"a b" "c d"'],
    ['"/opt/my program"', [], '"/opt/my program"'],
  ])('%s %j is %s', (command, rest, line) =>
    expect(shellLine(command, rest, (path) => path === '/opt/my program')).toBe(line),
  );
});

describe('a call of PowerShell', () => {
  const encoded = Buffer.from('echo hi', 'utf16le').toString('base64');
  it('runs pwsh when it is there', () =>
    expect(
      powerShellCommand(`PowerShell -ExecutionPolicy Bypass -enc ${encoded}`, '/usr/bin/pwsh', 'powershell'),
    ).toEqual({
      kind: 'program',
      line: `/usr/bin/pwsh -enc ${encoded}`,
    }));
  it('is missing when it is not', () =>
    expect(powerShellCommand(`powershell -encodedcommand ${encoded}`, null, 'powershell')).toEqual({
      kind: 'missing',
    }));
  it('can be run by the shell when that is wished', () =>
    expect(powerShellCommand(`powershell.exe -NoProfile -EncodedCommand ${encoded}`, null, 'shell')).toEqual({
      kind: 'script',
      script: 'echo hi',
    }));
  it('is not seen in other commands', () => expect(powerShellCommand('powershells x', null, 'shell')).toBeNull());
});
