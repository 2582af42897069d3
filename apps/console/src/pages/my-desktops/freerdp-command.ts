import { shellWord } from '../../components/shell-word.ts';

/** A ticket as the server gives it. */
export interface Ticket {
  readonly address: string;
  readonly user: string;
  readonly ticket: string;
  readonly loadBalanceInfo: string;
}

/**
 * One line for a shell that opens the desktop with FreeRDP, with the same words as the command line program. The ticket goes by standard input, since a
 * process list shows the words of a program to everybody; `printf` is a part of the shell.
 */
export function freeRdpCommand({ address, user, ticket, loadBalanceInfo }: Ticket): string {
  const words = [`/v:${address}`, `/u:${user}`, '/d:', `/load-balance-info:${loadBalanceInfo}`, '/from-stdin:force'];
  const line = [...words, '+auto-reconnect', '/dynamic-resolution'].map(shellWord).join(' ');
  return `printf '%s\\n' ${shellWord(ticket)} | xfreerdp ${line}`;
}
