import { connect } from 'node:net';

/** Sends bytes as they are and gives everything that comes back until the other side closes, or `quietMs` pass without a byte. */
export function exchange(
  url: string,
  pieces: readonly (string | Buffer)[],
  quietMs = 250,
): Promise<{ readonly text: string; readonly closed: boolean; readonly ms: number }> {
  const { hostname, port } = new URL(url);
  const started = performance.now();
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    let timer: NodeJS.Timeout;
    const done = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, closed, ms: performance.now() - started });
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(() => done(false), quietMs);
    };
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      later();
    });
    socket.on('error', () => {});
    socket.on('close', () => done(true));
    for (const one of pieces) socket.write(one);
    later();
  });
}

/** Status codes of the answers in a text of HTTP. */
export const statuses = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((one) => Number(one[1]));
