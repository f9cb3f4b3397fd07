/** Decodes packets and describes the result. */
import type { Batch } from '../../engine/batch.js';
import type { ThreadModule } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import decode from '../../modules/decode.js';
import { type FeedOptions, type StubOptions, type StubThread, stubThread } from '../thread-stub.js';

export interface Decoder {
  readonly thread: StubThread;
  readonly module: ThreadModule;
  /** Decodes packets as one batch. @returns slots of these packets and of the packets derived from them */
  decode(packets: readonly Uint8Array[], feed?: FeedOptions): number[];
  /** Decodes one packet. @returns slots of the packet and of those derived from it */
  one(data: Uint8Array, feed?: FeedOptions): number[];
}

export async function decoder(options: StubOptions = {}): Promise<Decoder> {
  const thread = stubThread(options);
  const module = await decode.create(thread);
  const run = (packets: readonly Uint8Array[], feed?: FeedOptions) => {
    const batch: Batch = thread.batch(packets, feed);
    module.process(batch);
    return [...batch.slots.subarray(0, batch.length)];
  };
  return { thread, module, decode: run, one: (data, feed) => run([data], feed) };
}

/** Protocol layers in short: `4 tcp 40000>80 payload`, with `!event` for each event. */
export function describePacket(thread: StubThread, slot: number): string {
  const field = (name: number) => thread.field(slot, name);
  const words: (string | number)[] = [];
  for (let i = 0; i < field(Packet.VLAN_COUNT); i++) words.push(`vlan${field(Packet.VLAN_ID_0 + i)}`);
  if (field(Packet.IP_VERSION) !== 0)
    words.push(`ip${field(Packet.IP_VERSION)}`, `p${field(Packet.PROTOCOL)}`);
  if (field(Packet.FLAGS) & Packet.FLAG_FRAGMENT) words.push('fragment');
  if (field(Packet.L4) > 0 && field(Packet.SOURCE_PORT) + field(Packet.DESTINATION_PORT) > 0) {
    words.push(`${field(Packet.SOURCE_PORT)}>${field(Packet.DESTINATION_PORT)}`);
  }
  if (field(Packet.FLAGS) & Packet.FLAG_BAD_CHECKSUM) words.push('bad-checksum');
  if (field(Packet.FLAGS) & Packet.FLAG_INVALID) words.push('invalid');
  return [...words, ...thread.events(slot).map(event => `!${event.replace('decoder.', '')}`)].join(' ');
}
