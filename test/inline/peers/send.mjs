// Sends pieces over one TCP connection, a segment each: HOST PORT PIECE… Tells how it ended as a line of JSON. Before a
// piece that follows WAIT it waits for SIGUSR1.
import { on } from 'node:events';
import { connect } from 'node:net';

const [host, port, ...pieces] = process.argv.slice(2);
const socket = connect({ host, port: Number(port), noDelay: true });
let error;
const tell = how => {
  process.stdout.write(`${JSON.stringify({ how, error })}\n`);
  process.exit(0);
};
// Listened to from the beginning: the signal may come before the piece in front of WAIT is out of our hands.
const signals = pieces.includes('WAIT') ? on(process, 'SIGUSR1') : undefined;
socket.on('connect', async () => {
  for (const piece of pieces) {
    if (piece === 'WAIT') await signals.next();
    else socket.write(piece, 'latin1');
  }
  socket.end();
  setTimeout(() => tell('open'), 1500);
});
socket.on('error', problem => {
  error = problem.code;
});
socket.on('close', () => tell(error ? 'error' : 'closed'));
socket.resume();
setTimeout(() => tell('open'), 20_000).unref();
