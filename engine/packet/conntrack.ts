/**
 * Conntrack information about a packet's connection: a record of four 32-bit words next to the packet's bytes, at the
 * offset in `Packet.CONNTRACK`.
 */
import type { Memory } from '../memory.js';
import * as Packet from '../packet.js';

/** Words of the record, as native/queue-receive.cc writes them. */
const INFO = 0;
const ID = 4;
const MARK = 8;

/** `enum ip_conntrack_info`: from this number on the packet is in the reply direction. */
const IS_REPLY = 3;
const STATES = ['established', 'related', 'new'] as const;

export interface Connection {
  /** The kernel's id of it, as shown by `conntrack -L -o id`. */
  readonly id: number;
  readonly mark: number;
  readonly state: (typeof STATES)[number];
  readonly direction: 'original' | 'reply';
}

/** @param p start of the packet's row  @returns undefined if unknown */
export function connectionOf({ bytes, row }: Memory, p: number): Connection | undefined {
  const at = row[p + Packet.CONNTRACK]!;
  if (at === 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const info = view.getUint32(INFO, true);
  return {
    id: view.getUint32(ID, true),
    mark: view.getUint32(MARK, true),
    state: STATES[info % IS_REPLY]!,
    direction: info >= IS_REPLY ? 'reply' : 'original',
  };
}
