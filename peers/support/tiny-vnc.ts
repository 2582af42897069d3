import type { WebSocket } from 'ws';

/** What came from the viewer. */
export interface TinyVnc {
  /** X11 keysyms pressed so far. */
  readonly keys: number[];
}

const width = 64;
const height = 48;

function serverInit(): Buffer {
  const name = Buffer.from('a tiny screen');
  const init = Buffer.alloc(24);
  init.writeUInt16BE(width, 0);
  init.writeUInt16BE(height, 2);
  // 32 bits a pixel, depth 24, little-endian, true colour, 8 bits each, red at 16, green at 8, blue at 0.
  init.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4);
  init.writeUInt32BE(name.length, 20);
  return Buffer.concat([init, name]);
}

const colour = [40, 140, 90] as const;

/** One rectangle over the whole screen, raw, in one colour; `shifts` say where the viewer wants red, green and blue. */
function picture(shifts: readonly number[]): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt16BE(1, 2);
  head.writeUInt16BE(width, 8);
  head.writeUInt16BE(height, 10);
  const pixel = Buffer.alloc(4);
  for (const [index, shift] of shifts.entries()) pixel[shift / 8] = colour[index]!;
  return Buffer.concat([head, Buffer.alloc(width * height * 4, pixel)]);
}

/** Length of the message at the start of `data` (RFC 6143 §7.5), or null while it is not known. */
function messageLength(data: Buffer): number | null {
  switch (data[0]) {
    case 0:
      return 20;
    case 2:
      return data.length < 4 ? null : 4 + 4 * data.readUInt16BE(2);
    case 3:
      return 10;
    case 4:
      return 8;
    case 5:
      return 6;
    case 6:
      return data.length < 8 ? null : 8 + Math.max(0, data.readInt32BE(4));
    default:
      throw new Error(`a VNC message of type ${data[0]} is not known here`);
  }
}

/** A VNC server (RFC 6143, no password) of one green picture on a WebSocket: enough for a real viewer to be content. */
export function tinyVnc(socket: WebSocket): TinyVnc {
  const keys: number[] = [];
  let data: Buffer = Buffer.alloc(0);
  let step = 0;
  let shifts = [16, 8, 0];
  const steps = [
    { length: 12, answer: () => Buffer.from([1, 1]) },
    { length: 1, answer: () => Buffer.alloc(4) },
    { length: 1, answer: serverInit },
  ];
  const take = (length: number) => {
    const head = data.subarray(0, length);
    data = data.subarray(length);
    return head;
  };
  const work = () => {
    for (let next = steps[step]; next; next = steps[step]) {
      if (data.length < next.length) return;
      take(next.length);
      step++;
      socket.send(next.answer());
    }
    while (data.length > 0) {
      const length = messageLength(data);
      if (length === null || data.length < length) return;
      const message = take(length);
      if (message[0] === 0) shifts = [...message.subarray(14, 17)];
      if (message[0] === 3) socket.send(picture(shifts));
      if (message[0] === 4 && message[1] === 1) keys.push(message.readUInt32BE(4));
    }
  };
  socket.on('message', (piece) => {
    data = Buffer.concat([data, piece as Buffer]);
    work();
  });
  const begin = () => socket.send('RFB 003.008\n', { binary: true });
  if (socket.readyState === socket.OPEN) begin();
  else socket.once('open', begin);
  return { keys };
}
