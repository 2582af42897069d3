import { expect, it } from 'vitest';
import { hostCommand } from './host-session-scripts.ts';

const logOff = { kind: 'log-off' } as const;

it('gives names and texts to the host as words of their own, never within a script', () => {
  const asked = hostCommand(
    'linux',
    { user: 'éva', hostSessionId: ':10.0' },
    { kind: 'message', title: 'Hi"; reboot', text: '$(reboot) `reboot`' },
  );
  expect(asked).toMatchObject({ command: 'sh' });
  const [flag, script, ...words] = 'arguments' in asked ? asked.arguments : [];
  expect(flag).toBe('-c');
  expect(script).not.toContain('reboot');
  expect(words).toEqual(['sh', 'éva', ':10', 'Hi"; reboot', '$(reboot) `reboot`']);
});

it('commands a session of Windows by its number only', () => {
  const session = { user: 'eva', hostSessionId: '3' };
  expect(hostCommand('windows', session, logOff)).toEqual({ command: 'logoff.exe', arguments: ['3'], until: null });
  expect(hostCommand('windows', session, { kind: 'disconnect' })).toEqual({
    command: 'tsdiscon.exe',
    arguments: ['3'],
    until: null,
  });
  expect(hostCommand('windows', session, { kind: 'message', title: 'Note', text: 'save' })).toEqual({
    command: 'msg.exe',
    arguments: ['3', '/TIME:600', 'Note: save'],
    until: null,
  });
  for (const hostSessionId of [null, '', '/server:other', '3 & 4'])
    expect(hostCommand('windows', { ...session, hostSessionId }, logOff)).toMatchObject({ kind: 'cannot' });
});

it('refuses what no host calls a person, and whole accounts of administrators', () => {
  for (const user of ['-u', '', 'a\nb', 'x; reboot', "o'neill"])
    expect(hostCommand('linux', { user, hostSessionId: ':10' }, logOff)).toMatchObject({ kind: 'cannot' });
  expect(hostCommand('linux', { user: 'root', hostSessionId: null }, logOff)).toMatchObject({ kind: 'cannot' });
  expect(hostCommand('linux', { user: 'eva', hostSessionId: 'tty1' }, logOff)).toMatchObject({
    arguments: ['-c', expect.any(String), 'sh', 'eva', ''],
  });
});
