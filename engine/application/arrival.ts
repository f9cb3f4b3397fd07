/** What a packet brings to a conversation: which packet, whose, and which way it goes. */
import type { Talk } from './talk.js';

/** Used again for every packet: who keeps it for later keeps a copy. */
export interface Arrival {
  /** Row of the packet. */
  p: number;
  /** Row of its flow. */
  flow: number;
  talk: Talk;
  /** What it brings is of the client's side. */
  toServer: boolean;
}

/** Of the same packet, for what came before in one of the directions. */
export function inDirection({ p, flow, talk }: Arrival, toServer: boolean): Arrival {
  return { p, flow, talk, toServer };
}
