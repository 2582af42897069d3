import { expect, it } from 'vitest';
import { freeRdpCommand } from './freerdp-command.ts';

it('writes one line that a shell takes apart as meant, without the ticket among the words of a program', () => {
  const line = freeRdpCommand({
    address: 'desk.example.org:3390',
    user: 'Zoë',
    ticket: 'atk_1',
    loadBalanceInfo: 'tsv://MS Terminal Services Plugin.1.Office',
  });
  expect(line).toBe(
    "printf '%s\\n' atk_1 | xfreerdp /v:desk.example.org:3390 '/u:Zoë' /d: '/load-balance-info:tsv://MS Terminal Services Plugin.1.Office' /from-stdin:force +auto-reconnect /dynamic-resolution",
  );
});
