/** Reports ARP packets (RFC 826) to the outputs: those for IPv4 over Ethernet, which the decoder parses. */
import { hardwareText, ipv4Text } from '../../engine/address.js';
import type { Batch } from '../../engine/batch.js';
import { addEvent, EVENT_OTHER, WANTS_ARP } from '../../engine/event.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';

const OPERATIONS: Readonly<Record<number, string>> = {
  1: 'request',
  2: 'reply',
  3: 'request_reverse',
  4: 'reply_reverse',
  8: 'request_inverse',
  9: 'reply_inverse',
};

export class ArpRecords {
  readonly wanted: boolean;
  private readonly lost: number;

  constructor(private readonly thread: Thread) {
    this.wanted = thread.wants(WANTS_ARP);
    this.lost = thread.counters.declare('detect.arp_events_lost');
  }

  process(batch: Batch): void {
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      batch.keep(slot);
      const at = this.headerOf(slot);
      if (at > 0 && addEvent(this.thread, batch, EVENT_OTHER, slot, this.members(at)) < 0)
        this.thread.counters.values[this.lost]!++;
    }
    batch.replace();
  }

  /** Offset of the ARP header; 0 for other packets. ARP is the only network header besides IP that is parsed. */
  private headerOf(slot: number): number {
    const { row } = this.thread.memory;
    const p = slot * Packet.INTS;
    if (row[p + Packet.PSEUDO] !== Packet.PSEUDO_NONE || row[p + Packet.IP_VERSION] !== 0) return 0;
    return row[p + Packet.L3]!;
  }

  private members(at: number): string {
    const { bytes } = this.thread.memory;
    const operation = OPERATIONS[(bytes[at + 6]! << 8) | bytes[at + 7]!] ?? 'unknown';
    const arp = {
      hw_type: 'ethernet',
      proto_type: 'ipv4',
      opcode: operation,
      src_mac: hardwareText(bytes.subarray(at + 8, at + 14)),
      src_ip: ipv4Text(bytes, at + 14),
      dest_mac: hardwareText(bytes.subarray(at + 18, at + 24)),
      dest_ip: ipv4Text(bytes, at + 24),
    };
    return `"event_type":"arp","arp":${JSON.stringify(arp)}`;
  }
}
