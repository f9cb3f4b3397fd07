// The server of the tests: HTTP on port 80, TCP on 9000 (pours out data when it is told "pour") and UDP on 9001. Tells what arrives as lines of JSON.
import { createSocket } from 'node:dgram';
import { createServer as createHttp } from 'node:http';
import { createServer } from 'node:net';

const tell = record => process.stdout.write(`${JSON.stringify(record)}\n`);
const large = Buffer.alloc(4_000_000, 'all work and no play ');

const http = createHttp((request, response) => {
  tell({ kind: 'request', url: request.url });
  response.end(request.url === '/large' ? large : `you asked for ${request.url}\n`);
});
const pour = socket => {
  while (!socket.destroyed && socket.write(large.subarray(0, 1400)));
  if (!socket.destroyed) socket.once('drain', () => pour(socket));
};
const tcp = createServer(socket => {
  let data = '';
  let error;
  socket.on('data', piece => {
    data += piece.toString('latin1');
    tell({ kind: 'data', port: socket.remotePort, data });
    if (data === 'pour ') pour(socket);
  });
  socket.on('error', problem => {
    error = problem.code;
  });
  socket.on('close', () => tell({ kind: 'close', data, error }));
});
const udp = createSocket('udp6').on('message', message => {
  tell({ kind: 'datagram', length: message.length, begin: message.toString('latin1', 0, 32) });
});
http.listen(80, '::', () =>
  tcp.listen(9000, '::', () => udp.bind(9001, '::', () => tell({ kind: 'ready' }))),
);
