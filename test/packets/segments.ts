/** Segments of one TCP connection between a client and the HTTP port of a server. */
import { packet } from './layer.js';
import { ethernet } from './link.js';
import { ipv4 } from './network.js';
import { tcp } from './transport.js';

export const CLIENT = '192.0.2.1';
export const SERVER = '192.0.2.80';
const [CLIENT_PORT, SERVER_PORT] = [1025, 80];

/** From the client. */
export const up = (seq: number, ack: number, flags: string, text = ''): Uint8Array =>
  packet(
    ethernet(),
    ipv4({ source: CLIENT, destination: SERVER }),
    tcp({ sport: CLIENT_PORT, dport: SERVER_PORT, seq, ack, flags }),
    text,
  );

/** From the server. */
export const down = (seq: number, ack: number, flags: string, text = ''): Uint8Array =>
  packet(
    ethernet(),
    ipv4({ source: SERVER, destination: CLIENT }),
    tcp({ sport: SERVER_PORT, dport: CLIENT_PORT, seq, ack, flags }),
    text,
  );
