/** Packets, flows and events as outputs see them, for tests: rows are filled as by decode, flow and detect. */
import { Batch } from '../../engine/batch.js';
import { APP_PROTOCOL_NAMES, addEvent, EVENT_ALERT } from '../../engine/event.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { ModuleDefinition } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import * as Header from '../../signatures/compile/header.js';
import { SignatureStore } from '../../signatures/compile/signature-store.js';
import type { Signature } from '../../signatures/signature.js';
import { address4, ethernet, ipv4, packet, tcp } from '../packets/builder.js';
import { type StubThread, stubThread } from '../thread-stub.js';

export const SIGNATURE: Partial<Signature> = {
  gid: 1,
  sid: 1000001,
  rev: 2,
  msg: 'an "evil" thing ✓',
  action: 'alert',
  category: 'Misc activity',
  priority: 3,
  metadata: { created_at: ['2018-01-30'] },
  references: ['url,example.com/1'],
  text: 'alert tcp any any -> any any (msg:"an \\"evil\\" thing"; sid:1000001;)',
};

/** A thread with an output configuration, these signatures, and time zone UTC. */
export function outputThread(
  outputs: unknown,
  signatures: readonly Partial<Signature>[] = [SIGNATURE],
  more = {},
): StubThread {
  return stubThread({
    config: { 'default-log-dir': '/log', outputs, ...more },
    shared: {
      rules: imageOf(signatures),
      [APP_PROTOCOL_NAMES]: ['unknown', 'http', 'dns'],
      sourceNames: ['/captures/a.pcap'],
    },
  });
}

/** The parts of a compiled rule set that outputs read. */
function imageOf(signatures: readonly Partial<Signature>[]): object {
  const store = new SignatureStore();
  const stored = signatures.map(signature => store.add(signature as Signature));
  const text = store.finish();
  const header = new Int32Array(stored.length * Header.INTS);
  stored.forEach(({ block, line }, i) => {
    header[i * Header.INTS + Header.TEXT_BLOCK] = block;
    header[i * Header.INTS + Header.TEXT_LINE] = line;
  });
  return { count: signatures.length, header, text, referenceSystems: { url: 'https://' } };
}

/** A TCP packet of 192.0.2.1:1234 to 198.51.100.2:80, decoded, in flow 7. @returns its slot */
export function tcpPacket(thread: StubThread, payload: string, fields: Record<number, number> = {}): number {
  const bytes = packet(
    ethernet({ source: '00:11:22:33:44:55', destination: '66:77:88:99:aa:bb' }),
    ipv4({ source: '192.0.2.1', destination: '198.51.100.2', ttl: 64, id: 4660 }),
    tcp({ sport: 1234, dport: 80, seq: 100, ack: 200, flags: 'PA', window: 512 }),
    payload,
  );
  const slot = thread.batch([bytes], { time: 1468449727 }).slots[0]!;
  const data = thread.field(slot, Packet.DATA);
  set(thread, slot, {
    [Packet.NANOSECONDS]: 573103999,
    [Packet.L2]: data,
    [Packet.L3]: data + 14,
    [Packet.L4]: data + 34,
    [Packet.IP_VERSION]: 4,
    [Packet.PROTOCOL]: 6,
    [Packet.SOURCE_PORT]: 1234,
    [Packet.DESTINATION_PORT]: 80,
    [Packet.TCP_FLAGS]: 0x18,
    [Packet.TCP_SEQ]: 100,
    [Packet.TCP_ACK]: 200,
    [Packet.TCP_WINDOW]: 512,
    [Packet.PAYLOAD]: data + 54,
    [Packet.PAYLOAD_LENGTH]: payload.length,
    [Packet.FLOW]: 7,
    [Packet.FLOW_STATE]: Packet.FLOW_TO_SERVER,
    [Packet.FLOW_PACKETS_TO_SERVER]: 2,
    [Packet.FLOW_PACKETS_TO_CLIENT]: 1,
    ...fields,
  });
  thread.memory.row64[slot * Packet.DOUBLES + Packet.FLOW_BYTES_TO_SERVER] = 150;
  thread.memory.row64[slot * Packet.DOUBLES + Packet.FLOW_BYTES_TO_CLIENT] = 70;
  fillFlow(thread);
  return slot;
}

/** Writes fields of a packet's row. */
export function set(thread: StubThread, slot: number, fields: Record<number, number>): void {
  for (const [field, value] of Object.entries(fields)) {
    thread.memory.row[slot * Packet.INTS + Number(field)] = value;
  }
}

/** Flow 7: the conversation of `tcpPacket`. */
export function fillFlow(thread: StubThread, fields: Record<number, number> = {}): void {
  const f = 7 * FlowRecord.INTS;
  thread.flows.bytes.set(address4('192.0.2.1'), (f + FlowRecord.CLIENT_ADDRESS) * 4);
  thread.flows.bytes.set(address4('198.51.100.2'), (f + FlowRecord.SERVER_ADDRESS) * 4);
  const all = {
    [FlowRecord.CLIENT_PORT]: 1234,
    [FlowRecord.SERVER_PORT]: 80,
    [FlowRecord.PROTOCOL]: 6,
    [FlowRecord.IP_VERSION]: 4,
    [FlowRecord.START_SECONDS]: 1468449720,
    [FlowRecord.START_NANOSECONDS]: 1000,
    [FlowRecord.LAST_SECONDS]: 1468449730,
    [FlowRecord.LAST_NANOSECONDS]: 999999000,
    [FlowRecord.ID_LOW]: -1,
    [FlowRecord.ID_HIGH]: 1,
    [FlowRecord.APP_PROTOCOL]: 1,
    ...fields,
  };
  for (const [field, value] of Object.entries(all)) thread.flows.row[f + Number(field)] = value;
}

/** An event about a packet. @returns its slot */
export function event(
  thread: StubThread,
  kind: number,
  root: number,
  members = '',
  fields: Record<number, number> = {},
): number {
  const batch = new Batch();
  const slot = addEvent(thread, batch, kind, root, members);
  if (slot < 0) throw new Error('no room for an event');
  set(thread, slot, fields);
  return slot;
}

/** An alert of signature 0. */
export function alert(
  thread: StubThread,
  root: number,
  members = '',
  fields: Record<number, number> = {},
): number {
  return event(thread, EVENT_ALERT, root, members, { [Packet.EVENT_SIGNATURE]: 0, ...fields });
}

/** Passes these slots to an output. @returns lines of the file */
export async function linesOf(
  thread: StubThread,
  output: ModuleDefinition,
  file: string,
  ...slots: number[]
): Promise<string[]> {
  const module = await output.create(thread);
  const batch = new Batch();
  for (const slot of slots) batch.push(slot);
  module.process(batch);
  const text = thread.files.get(file) ?? '';
  return text.split('\n').slice(0, -1);
}

/** The same, parsed. */
export async function recordsOf(
  thread: StubThread,
  output: ModuleDefinition,
  ...slots: number[]
): Promise<Record<string, unknown>[]> {
  return (await linesOf(thread, output, '/log/eve.json', ...slots)).map(line => JSON.parse(line));
}
