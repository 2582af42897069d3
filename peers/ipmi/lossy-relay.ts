import { createSocket } from 'node:dgram';

/** What becomes of one datagram: how often it is delivered. */
export type Fate = (direction: 'to-controller' | 'to-client', number: number) => number;

/** A relay for UDP in front of a controller that loses and repeats datagrams as `fate` says. */
export async function startLossyRelay(controllerPort: number, fate: Fate) {
  const front = createSocket('udp4');
  const back = createSocket('udp4');
  let client = 0;
  const count = { 'to-controller': 0, 'to-client': 0 };
  front.on('message', (bytes, from) => {
    client = from.port;
    const times = fate('to-controller', count['to-controller']++);
    for (let n = 0; n < times; n++) back.send(bytes, controllerPort, '127.0.0.1');
  });
  back.on('message', (bytes) => {
    const times = fate('to-client', count['to-client']++);
    for (let n = 0; n < times; n++) front.send(bytes, client, '127.0.0.1');
  });
  await new Promise<void>((resolve) => front.bind(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => back.bind(0, '127.0.0.1', resolve));
  return {
    port: front.address().port,
    count,
    stop() {
      front.close();
      back.close();
    },
  };
}
