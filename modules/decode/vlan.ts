/** VLAN tags: 802.1Q, 802.1ad and the older QinQ. */

import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeEtherType } from './ether-type.js';

const HEADER = 4;
/** Maximum number of tags in a row. */
const MAX_VLAN_TAGS = 3;

export function decodeVlan(d: Decoding, p: number, at: number, end: number): boolean {
  const { row } = d;
  const tags = row[p + Packet.VLAN_COUNT]!;
  d.counts[tags === 0 ? Count.VLAN : tags === 1 ? Count.VLAN_QINQ : Count.VLAN_QINQINQ]!++;
  if (end - at < HEADER) return d.invalid(p, Events.VLAN_HEADER_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  if (!addVlan(row, p, d.u16(at) & 0xfff)) return d.invalid(p, Events.VLAN_TOO_MANY_LAYERS);
  return decodeEtherType(d, p, d.u16(at + 2), at + HEADER, end) || d.invalid(p, Events.VLAN_UNKNOWN_TYPE);
}

/** Stores a VLAN id in the row. @returns false when the row is full */
export function addVlan(row: Int32Array, p: number, id: number): boolean {
  const tags = row[p + Packet.VLAN_COUNT]!;
  if (tags >= MAX_VLAN_TAGS) return false;
  row[p + Packet.VLAN_ID_0 + tags] = id;
  row[p + Packet.VLAN_COUNT] = tags + 1;
  return true;
}
