/** Cisco FabricPath (data center ethernet): a tag of two bytes and a whole Ethernet frame. */
import * as Events from '../../engine/packet/packet-events.js';
import type { Decoding } from './decoding.js';
import { decodeEthernet } from './ethernet.js';

const TAG = 2;
const ETHERNET_HEADER = 14;

export function decodeFabricPath(d: Decoding, p: number, at: number, end: number): boolean {
  if (end - at < TAG + ETHERNET_HEADER) return d.invalid(p, Events.DCE_PKT_TOO_SMALL);
  decodeEthernet(d, p, at + TAG, end);
  return true;
}
