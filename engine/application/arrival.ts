/** A packet as input of a session: its row, its flow and its direction. */
import type { Talk } from './talk.js';

/** Reused for every packet: copy it to keep it. */
export interface Arrival {
  /** Row of the packet. */
  p: number;
  /** Row of its flow. */
  flow: number;
  talk: Talk;
  /** Its data was sent by the client. */
  toServer: boolean;
}

/** The same packet, for earlier data of one direction. */
export function inDirection({ p, flow, talk }: Arrival, toServer: boolean): Arrival {
  return { p, flow, talk, toServer };
}
