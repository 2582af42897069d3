import { type AddressInfo, createServer } from 'node:net';

// A program: takes connections, reads what comes first, and closes. What an attack on it costs the machine is not the broker's doing.

const server = createServer((socket) => {
  socket.on('error', () => {}).once('data', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => process.stdout.write(String((server.address() as AddressInfo).port)));
