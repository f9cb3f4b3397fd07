// Sends one UDP datagram: HOST PORT LENGTH TEXT. TEXT stands at the end.
import { createSocket } from 'node:dgram';

const [host, port, length, text] = process.argv.slice(2);
const message = Buffer.alloc(Number(length), '.');
message.write(text, message.length - text.length, 'latin1');
const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
socket.send(message, Number(port), host, () => socket.close());
