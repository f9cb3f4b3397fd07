/** Captures of whole conversations, built packet by packet. */
import { ethernet, ipv4, packet, pcapFile, tcp, udp } from '../packets/builder.js';
import type { CapturedPacket } from '../packets/pcap-file.js';
import { randomNumbers } from '../pseudo-random.js';

export interface Ends {
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly serverPort: number;
}

/** Turns of a conversation: side, and data as Latin-1. */
export type Turn = readonly ['client' | 'server', string | Uint8Array];

/** Length of the next segment, given the number of bytes left. */
export type Cut = (left: number) => number;

export const WHOLE: Cut = left => left;
export const SINGLE_BYTES: Cut = () => 1;

export function randomCut(seed: number): Cut {
  const random = randomNumbers(seed);
  return left => 1 + random(Math.min(left, 60));
}

export class Traffic {
  readonly packets: CapturedPacket[] = [];
  private time = 1_700_000_000;

  constructor(private readonly cut: Cut = WHOLE) {}

  pass(seconds: number): this {
    this.time += seconds;
    return this;
  }

  /** A whole connection: handshake, turns, and end. */
  connection(ends: Ends, turns: readonly Turn[], close = true): this {
    const next = { client: 1000, server: 5000 };
    const send = (side: 'client' | 'server', flags: string, payload: Uint8Array = new Uint8Array(0)) => {
      const other = side === 'client' ? 'server' : 'client';
      const [sport, dport] =
        side === 'client' ? [ends.clientPort, ends.serverPort] : [ends.serverPort, ends.clientPort];
      const network = ipv4({ source: ends[side], destination: ends[other] });
      const segment = tcp({ sport, dport, seq: next[side], ack: flags === 'S' ? 0 : next[other], flags });
      this.add(packet(ethernet(), network, segment, payload));
      next[side] += payload.length + (/[SF]/.test(flags) ? 1 : 0);
    };
    send('client', 'S');
    send('server', 'SA');
    send('client', 'A');
    for (const [side, text] of turns) {
      const bytes = Buffer.from(text as string, 'latin1');
      for (let at = 0; at < bytes.length; ) {
        const length = this.cut(bytes.length - at);
        send(side, 'PA', bytes.subarray(at, at + length));
        send(side === 'client' ? 'server' : 'client', 'A');
        at += length;
      }
    }
    if (!close) return this;
    send('client', 'FA');
    send('server', 'FA');
    send('client', 'A');
    return this;
  }

  /** A SYN answered by RST. */
  refused({ client, clientPort, server, serverPort }: Ends): this {
    const syn = tcp({ sport: clientPort, dport: serverPort, seq: 1, flags: 'S' });
    const reset = tcp({ sport: serverPort, dport: clientPort, seq: 0, ack: 2, flags: 'RA' });
    this.add(packet(ethernet(), ipv4({ source: client, destination: server }), syn));
    this.add(packet(ethernet(), ipv4({ source: server, destination: client }), reset));
    return this;
  }

  datagram({ client, clientPort, server, serverPort }: Ends, data: Uint8Array): this {
    const header = udp({ sport: clientPort, dport: serverPort });
    this.add(packet(ethernet(), ipv4({ source: client, destination: server }), header, data));
    return this;
  }

  file(): Uint8Array {
    return pcapFile(this.packets);
  }

  private add(data: Uint8Array): void {
    this.time += 0.001;
    this.packets.push({ data, time: this.time });
  }
}
