/** A datagram that is being put together. */
import type { FragmentClass } from '../../../engine/stream/host-os-policy.js';
import { Runs } from './runs.js';

export const NO_END = 0x10000;

export class Fragment {
  next: Fragment | undefined;
  /** Extent in the datagram, in bytes. */
  start = 0;
  end = 0;
  /** Its bytes in `FragmentMemory`. */
  piece = -1;
}

export class Tracker {
  // ── whose it is ──
  hash = 0;
  version = 0;
  id = 0;
  /** Protocol (IPv4; IPv6 does not tell datagrams apart by it), VLANs and depth of tunnels. */
  protocol = 0;
  vlans = 0;
  vlan2 = 0;
  recursion = 0;
  /** Source and destination. */
  readonly addresses = new Uint8Array(32);

  // ── what is there ──
  fragments: Fragment | undefined;
  lastFragment: Fragment | undefined;
  count = 0;
  readonly runs = new Runs();
  /** Some fragments overlap: their bytes are decided by `policy`. */
  overlaps = false;
  policy: FragmentClass = 'bsd';
  /** Where the lowest last fragment ends; NO_END before one came. */
  end = NO_END;
  /** linux-6: codepoints of ECN seen, and whether the datagram is given up. */
  ecn = 0;
  /** All before the fragmented part, from the link layer on, of the fragment at offset 0. */
  header = -1;
  headerLength = 0;
  linkType = 0;
  /** In the header: offset of the IP header, and of the byte that names the protocol of the fragmented part. */
  network = 0;
  namedAt = 0;
  headerProtocol = 0;
  /** Ethernet header in the header: its offset, -1 without one. */
  ethernet = -1;

  // ── where it is ──
  /** Chain of the hash table. */
  chain: Tracker | undefined;
  /** All trackers by the time of their last fragment. */
  older: Tracker | undefined;
  newer: Tracker | undefined;
  lastSeconds = 0;
  timeout = 0;

  /** Forgets the datagram; fragments must have been given back. */
  clear(): void {
    this.fragments = undefined;
    this.lastFragment = undefined;
    this.count = 0;
    this.runs.clear();
    this.overlaps = false;
    this.end = NO_END;
    this.ecn = 0;
    this.header = -1;
    this.headerLength = 0;
  }
}
