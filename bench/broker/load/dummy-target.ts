// A host that confirms every connection and has no desktop: what follows the request says by its first byte what to do, 'e' to send all back, 'b' to send
// as much as will go, anything else to be silent. Tells its port to the process that forked it.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { securityProtocol, writeConnectionConfirm } from '@atelier/rdp';

const confirm = writeConnectionConfirm(securityProtocol.tls);
const portion = Buffer.alloc(64 * 1024, 7);

function pour(socket: Socket): void {
  while (socket.writable && socket.write(portion));
}

const server = createServer({ noDelay: true }, (socket) => {
  let does: 'confirm' | 'choose' | 'echo' | 'nothing' = 'confirm';
  socket
    .on('error', () => {})
    .on('data', (chunk) => {
      if (does === 'echo') socket.write(chunk);
      else if (does === 'confirm') {
        socket.write(confirm);
        does = 'choose';
      } else if (does === 'choose') {
        const first = (chunk as Buffer)[0];
        does = first === 0x65 ? 'echo' : 'nothing';
        if (first === 0x65) socket.write(chunk);
        if (first === 0x62) pour(socket.on('drain', () => pour(socket)));
      }
    });
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 });
await once(server, 'listening');
process.send!((server.address() as AddressInfo).port);
process.on('disconnect', () => process.exit());
