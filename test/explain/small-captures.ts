/** Captures of a few packets. */
import { ethernet, icmp, ipv4, packet, tcp, udp } from '../packets/builder.js';
import { captureOf } from './explained.js';

const CLIENT = '10.0.0.1';
const SERVER = '10.0.0.2';
const there = { source: CLIENT, destination: SERVER };
const back = { source: SERVER, destination: CLIENT };

/** One datagram from port 40000 to 53. */
export function datagram(payload: string): string {
  return captureOf([packet(ethernet(), ipv4(there), udp(), payload)]);
}

/** An ICMP request with 8 bytes of payload. */
export function ping(): string {
  return captureOf([packet(ethernet(), ipv4({ ...there, ttl: 64 }), icmp({ type: 8 }), 'abcdefgh')]);
}

/** A connection to port 80 in which each side sends data. */
export function conversation(request: string, response: string): string {
  const client = (flags: string, seq: number, ack: number, data = '') =>
    packet(ethernet(), ipv4(there), tcp({ sport: 40000, dport: 80, flags, seq, ack }), data);
  const server = (flags: string, seq: number, ack: number, data = '') =>
    packet(ethernet(), ipv4(back), tcp({ sport: 80, dport: 40000, flags, seq, ack }), data);
  const [c, s] = [1001 + request.length, 2001 + response.length];
  return captureOf([
    client('S', 1000, 0),
    server('SA', 2000, 1001),
    client('A', 1001, 2001),
    client('PA', 1001, 2001, request),
    server('A', 2001, c),
    server('PA', 2001, c, response),
    client('A', c, s),
    client('FA', c, s),
    server('FA', s, c + 1),
    client('A', c + 1, s + 1),
  ]);
}

export const WEB = [
  'GET /index.html?a=1 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: probe\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello',
] as const;
