/** A datagram being reassembled. */
import type { FragmentClass } from '../../../engine/stream/host-os-policy.js';
import { Runs } from './runs.js';

export const NO_END = 0x10000;

export class Fragment {
  next: Fragment | undefined;
  /** Extent in the datagram, in bytes. */
  start = 0;
  end = 0;
  /** Its bytes in `FragmentMemory`. */
  block = -1;
}

export class Tracker {
  // ── key ──
  hash = 0;
  version = 0;
  id = 0;
  /** Protocol (IPv4; IPv6 does not distinguish datagrams by it), VLANs and tunnel depth. */
  protocol = 0;
  vlans = 0;
  vlan2 = 0;
  recursion = 0;
  /** Source and destination. */
  readonly addresses = new Uint8Array(32);

  // ── data ──
  fragments: Fragment | undefined;
  lastFragment: Fragment | undefined;
  count = 0;
  readonly runs = new Runs();
  /** Some fragments overlap: `policy` decides about their bytes. */
  overlaps = false;
  policy: FragmentClass = 'bsd';
  /** End of the lowest last fragment; NO_END before one was received. */
  end = NO_END;
  /** linux-6: ECN codepoints seen, and whether the datagram is discarded. */
  ecn = 0;
  /** Everything before the fragmented part, from the link layer on, of the fragment at offset 0. */
  header = -1;
  headerLength = 0;
  linkType = 0;
  /** Within the header: offset of the IP header, and of the byte that names the protocol of the fragmented part. */
  network = 0;
  namedAt = 0;
  headerProtocol = 0;
  /** Offset of the Ethernet header in the header, -1 without one. */
  ethernet = -1;

  // ── lists ──
  /** Chain of the hash table. */
  chain: Tracker | undefined;
  /** All trackers by the time of their last fragment. */
  older: Tracker | undefined;
  newer: Tracker | undefined;
  lastSeconds = 0;
  timeout = 0;

  /** Clears the tracker; its fragments must have been freed. */
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
