// Sends pieces over one TCP connection, a segment each: HOST PORT PIECE… Tells how it ended as a line of JSON.
import { connect } from 'node:net';

const [host, port, ...pieces] = process.argv.slice(2);
const socket = connect({ host, port: Number(port), noDelay: true });
let error;
const tell = how => {
  process.stdout.write(`${JSON.stringify({ how, error })}\n`);
  process.exit(0);
};
socket.on('connect', () => {
  for (const piece of pieces) socket.write(piece, 'latin1');
  socket.end();
});
socket.on('error', problem => {
  error = problem.code;
});
socket.on('close', () => tell(error ? 'error' : 'closed'));
socket.resume();
setTimeout(() => tell('open'), 1500);
