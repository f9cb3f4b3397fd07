/** Captures of TCP conversations in which a client sends given segments to servers of given systems. */
import { ethernet, ipv4, packet, pcapFile, tcp } from '../packets/builder.js';
import type { OverlapCase } from './overlap-cases.js';

/** A conversation: a case, and the system of its server. */
export interface Played {
  readonly test: OverlapCase;
  readonly server: string;
  readonly sport: number;
}

const CLIENT = '192.168.0.1';
const WINDOW = 65535;

/**
 * Handshake, the segments, an ACK of the server at each `deliver`. Before each segment the server sends a byte, which
 * the segment acknowledges: a retransmitted byte that acknowledges nothing new is a keep-alive, not data.
 */
export function playedPackets({ test, server, sport }: Played, isn: number): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let serverNext = 5000;
  let acked = 1;
  const send = (fields: { flags: string; seq: number; ack?: number }, data = '') => {
    const { flags, seq, ack = 0 } = fields;
    const layer = tcp({ sport, dport: 80, flags, seq: (isn + seq) >>> 0, ack: ack >>> 0, window: WINDOW });
    packets.push(packet(ethernet(), ipv4({ source: CLIENT, destination: server }), layer, data));
  };
  const answer = (flags: string, data = '') => {
    const fields = {
      sport: 80,
      dport: sport,
      flags,
      seq: serverNext,
      ack: (isn + acked) >>> 0,
      window: WINDOW,
    };
    packets.push(packet(ethernet(), ipv4({ source: server, destination: CLIENT }), tcp(fields), data));
    serverNext += data.length;
  };
  send({ flags: 'S', seq: 0 });
  answer('SA');
  serverNext++;
  send({ flags: 'A', seq: 1, ack: serverNext });
  for (const step of test.segments) {
    if ('deliver' in step) {
      acked = step.deliver;
      answer('A');
    } else {
      answer('A', '.');
      send({ flags: 'PA', seq: step.seq, ack: serverNext }, step.data);
    }
  }
  return packets;
}

export function captureOf(conversations: readonly Played[], isn: number): Uint8Array {
  return pcapFile(conversations.flatMap(played => playedPackets(played, isn)));
}
