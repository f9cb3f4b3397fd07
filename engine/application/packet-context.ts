/** A packet as input of a session: its row, its flow and its direction. */
import type { ApplicationState } from './application-state.js';

/** Reused for every packet: copy it to keep it. */
export interface PacketContext {
  /** Row of the packet. */
  p: number;
  /** Row of its flow. */
  flow: number;
  state: ApplicationState;
  /** Its data was sent by the client. */
  toServer: boolean;
}

/** The same packet, for earlier data of one direction. */
export function inDirection({ p, flow, state }: PacketContext, toServer: boolean): PacketContext {
  return { p, flow, state, toServer };
}
