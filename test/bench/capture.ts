/** The measured capture: the shared one if it exists, else one made of requests and replies. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CapturedPacket, ethernet, ipv4, packet, pcapFile, tcp } from '../packets/builder.js';
import { PROJECT } from './project-folder.js';

const SHARED = join(PROJECT, '..', 'shared');
const MIX = join(SHARED, 'bench', 'mix.pcap.zst');

/** @returns path of a pcap file in the folder; generated once */
export function benchCapture(folder: string): string {
  const path = join(folder, existsSync(MIX) ? 'mix.pcap' : 'made.pcap');
  if (existsSync(path)) return path;
  if (existsSync(MIX)) execFileSync('zstd', ['-q', '-d', '--long=31', MIX, '-o', path]);
  else writeFileSync(path, largeCapture(conversations(20_000)));
  return path;
}

/** A file of rules beside the project, or undefined. */
export function sharedRules(name: string): string | undefined {
  const path = join(SHARED, 'rules', name);
  return existsSync(path) ? path : undefined;
}

const FILE_HEADER = 24;
const PIECE = 10_000;

const REQUEST = 'GET /index.html HTTP/1.1\r\nHost: example.com\r\nUser-Agent: bench\r\n\r\n';
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Length: 1200\r\n\r\n${'lorem ipsum '.repeat(100)}`;

/** A pcap file of more packets than fit into one call of its builder. */
export function largeCapture(packets: readonly CapturedPacket[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let i = 0; i < packets.length; i += PIECE)
    pieces.push(pcapFile(packets.slice(i, i + PIECE)).subarray(i === 0 ? 0 : FILE_HEADER));
  return Buffer.concat(pieces);
}

/** Whole HTTP conversations over TCP, one after the other; seven packets each. */
export function conversations(count: number): CapturedPacket[] {
  return Array.from({ length: count }, (_, i) => conversation(i)).flat();
}

function conversation(number: number): CapturedPacket[] {
  const client = { source: `10.0.${(number >> 8) & 255}.${number & 255}`, destination: '192.0.2.1' };
  const server = { source: client.destination, destination: client.source };
  const sport = 1024 + (number % 60_000);
  const time = 1_700_000_000 + number / 1000;
  const up = (flags: string, seq: number, ack: number, data = '') =>
    packet(ethernet(), ipv4(client), tcp({ sport, dport: 80, flags, seq, ack }), data);
  const down = (flags: string, seq: number, ack: number, data = '') =>
    packet(ethernet(), ipv4(server), tcp({ sport: 80, dport: sport, flags, seq, ack }), data);
  const asked = 1 + REQUEST.length;
  const answered = 1 + ANSWER.length;
  return [
    up('S', 0, 0),
    down('SA', 0, 1),
    up('A', 1, 1),
    up('PA', 1, 1, REQUEST),
    down('PA', 1, asked, ANSWER),
    up('FA', asked, answered),
    down('FA', answered, asked + 1),
  ].map((data, i) => ({ data, time: time + i / 1e6 }));
}
