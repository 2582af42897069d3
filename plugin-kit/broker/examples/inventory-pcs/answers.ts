import { connect } from 'node:net';

/** Whether something takes connections there now; it has two seconds. */
export function answers(
  { address, port }: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, signal });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(2000, () => end(false));
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
}
