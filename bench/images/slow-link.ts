import { connect, createServer, type Socket } from 'node:net';

/** A link in user space, for machines whose kernel cannot shape: `megabitsPerSecond` shared by all connections each way, `delayMs` one way. */
export async function slowLink(targetPort: number, megabitsPerSecond: number, delayMs: number) {
  const bytesPerMs = (megabitsPerSecond * 1e6) / 8 / 1000;
  /** when the line is free again, per direction */
  const free = { up: 0, down: 0 };

  function carry(from: Socket, to: Socket, direction: 'up' | 'down') {
    const queue: { readonly at: number; readonly data: Buffer | null }[] = [];
    let _timer: NodeJS.Timeout | undefined;
    const pump = () => {
      _timer = undefined;
      const now = performance.now();
      while (queue[0] && queue[0].at <= now + 0.3) {
        const { data } = queue.shift()!;
        if (data) to.write(data);
        else to.end();
      }
      // the sender is held back while more than 60 ms of line are taken, as a router with a short queue would
      if (from.isPaused() && free[direction] - now < 60 && to.writableLength < 4e6) from.resume();
      if (queue[0]) _timer = setTimeout(pump, Math.max(0, queue[0].at - now));
      else if (from.isPaused()) _timer = setTimeout(pump, 5);
    };
    const push = (at: number, data: Buffer | null) => {
      queue.push({ at, data });
      _timer ??= setTimeout(pump, Math.max(0, at - performance.now()));
    };
    from.on('data', (data: Buffer) => {
      const now = performance.now();
      free[direction] = Math.max(now, free[direction]) + data.length / bytesPerMs;
      push(free[direction] + delayMs, data);
      if (free[direction] - now > 80 || to.writableLength > 8e6) from.pause();
    });
    from.on('end', () => push(Math.max(free[direction], performance.now()) + delayMs, null));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      if (!from.readableEnded) to.destroy();
    });
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    near.pause();
    // the handshake costs one round trip
    setTimeout(() => near.resume(), delayMs * 2);
    carry(near, far, 'up');
    carry(far, near, 'down');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { port, close: () => server.close() };
}

if (import.meta.main) {
  const [target, megabits, delay] = process.argv.slice(2).map(Number) as [number, number, number];
  console.log((await slowLink(target, megabits, delay)).port);
}
