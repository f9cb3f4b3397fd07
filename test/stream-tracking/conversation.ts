/** Conversations of TCP segments, fed through decode, flow and stream. */
import { Batch } from '../../engine/batch.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { ThreadModule } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { STATE_NAMES } from '../../engine/stream/tcp-state.js';
import decode from '../../modules/decode.js';
import flow from '../../modules/flow.js';
import { Stream } from '../../modules/stream.js';
import { concat, ethernet, ipv4, type Layer, packet, tcp, u8, u16, u32 } from '../packets/builder.js';
import { type StubOptions, type StubThread, stubThread } from '../thread-stub.js';

export interface Options {
  mss?: number;
  scale?: number;
  sackPermitted?: boolean;
  sack?: readonly (readonly [number, number])[];
  /** TSval and TSecr. */
  ts?: readonly [number, number];
  /** TCP Fast Open cookie, as text. */
  fastOpen?: string;
  /** Other options: kind and content in hex; or all options in hex. */
  other?: readonly (readonly [number, string])[];
  raw?: string;
}

/** One segment; numbers are relative to the initial sequence number of their side. */
export interface Step {
  /** `>` from the client, `<` from the server. */
  from: '>' | '<';
  /** Letters F S R P A U E C. */
  flags: string;
  seq: number;
  ack?: number;
  window?: number;
  data?: string | Uint8Array;
  urgent?: number;
  options?: Options;
  badChecksum?: boolean;
  /** Seconds since the previous step. */
  after?: number;
  /** Client port, for another session. */
  port?: number;
}

const RECORD_COLUMNS = [
  FlowRecord.FIRST_NUMBER,
  FlowRecord.LAST_NUMBER,
  FlowRecord.CLIENT_PORT,
  FlowRecord.STATE,
  FlowRecord.LAST_SECONDS,
  FlowRecord.LAST_NANOSECONDS,
  FlowRecord.PACKETS_TO_SERVER,
  FlowRecord.PACKETS_TO_CLIENT,
  FlowRecord.TCP_FLAGS_TO_SERVER,
  FlowRecord.TCP_FLAGS_TO_CLIENT,
  FlowRecord.TCP_STATE,
  FlowRecord.END_REASON,
  FlowRecord.TTLS,
  FlowRecord.EXCEPTIONS,
];

export interface End {
  readonly address: string;
  readonly port: number;
  readonly isn: number;
}

const CLIENT: End = { address: '10.0.0.1', port: 40_000, isn: 1000 };
const SERVER: End = { address: '10.0.0.2', port: 80, isn: 5000 };

/** `> PA 1 1 data`: direction, flags, seq, ack, data. */
export function step(text: string, more: Partial<Step> = {}): Step {
  const [from, flags, seq, ack, data] = text.split(' ');
  return {
    from: from as '>' | '<',
    flags: flags === '-' ? '' : flags!,
    seq: Number(seq),
    ack: ack === undefined || ack === '-' ? undefined : Number(ack),
    data: data ?? '',
    ...more,
  };
}

export class Conversation {
  readonly thread: StubThread;
  /** Data delivered to detection: of the client and of the server. */
  readonly toServer: string[] = [];
  readonly toClient: string[] = [];
  readonly ended = new Set<string>();
  /** Columns of the records of ended flows. */
  readonly records: string[] = [];
  /** The same by flow and direction. */
  readonly byStream = new Map<string, string>();
  private readonly modules: ThreadModule[];
  private time = 1_700_000_000;

  constructor(
    options: StubOptions = {},
    private readonly isn = { client: CLIENT.isn, server: SERVER.isn },
  ) {
    this.thread = stubThread({ flows: 64, ...options });
    const before = [decode, flow].map(module => module.create(this.thread) as ThreadModule);
    this.modules = [...before, new Stream(this.thread)];
  }

  /** Feeds one segment. @returns the result for the packet */
  feed(given: Step): Outcome {
    return this.feedAll([given])[0]!;
  }

  /** Feeds all segments in one batch. */
  feedAll(steps: readonly Step[]): Outcome[] {
    this.time += steps[0]?.after ?? 0;
    const batch = this.thread.batch(
      steps.map(given => this.build(given)),
      { time: this.time, interval: 2 ** -7 },
    );
    this.time += steps.length * 2 ** -7;
    const slots = [...batch.slots.subarray(0, batch.length)];
    for (const module of this.modules) module.process(batch);
    const outcomes = slots.map(slot => this.outcome(slot));
    this.collect(batch);
    return outcomes;
  }

  /** Ends the capture. */
  end(): void {
    this.collect(this.lastBatch());
    // Memory of delivered data is released when the next batch begins.
    this.modules[2]!.process(new Batch());
  }

  /** Ends the capture. @returns PSEUDO_ constants of the resulting packets */
  endKinds(): number[] {
    const batch = this.lastBatch();
    const kinds = [...batch.slots.subarray(0, batch.length)].map(slot =>
      this.thread.field(slot, Packet.PSEUDO),
    );
    this.collect(batch);
    return kinds;
  }

  private lastBatch(): Batch {
    const batch = new Batch();
    for (const module of this.modules) module.end?.(batch);
    this.modules[2]!.process(batch);
    return batch;
  }

  get events(): string[] {
    return [...new Set(this.seen)].sort();
  }

  counter(name: string): number {
    return this.thread.counters.read(name);
  }

  private readonly seen: string[] = [];

  private outcome(slot: number): Outcome {
    const { thread } = this;
    const flowRow = thread.field(slot, Packet.FLOW);
    const f = flowRow * FlowRecord.INTS;
    const events = thread.events(slot);
    this.seen.push(...events);
    return {
      events,
      flow: flowRow,
      established: (thread.field(slot, Packet.FLOW_STATE) & Packet.FLOW_ESTABLISHED) !== 0,
      toServer: (thread.field(slot, Packet.FLOW_STATE) & Packet.FLOW_TO_SERVER) !== 0,
      dropped: thread.field(slot, Packet.VERDICT) === Packet.VERDICT_DROP,
      reason: thread.field(slot, Packet.REASON),
      state: flowRow < 0 ? '' : STATE_NAMES[thread.flows.row[f + FlowRecord.TCP_STATE]!]!,
      flowState: flowRow < 0 ? 0 : thread.flows.row[f + FlowRecord.STATE]!,
    };
  }

  private collect(batch: Batch): void {
    for (const slot of batch.slots.subarray(0, batch.length)) {
      if (this.thread.field(slot, Packet.PSEUDO) === Packet.PSEUDO_FLOW_END) this.noteRecord(slot);
      const length = this.thread.field(slot, Packet.STREAM_LENGTH);
      const flags = this.thread.field(slot, Packet.STREAM_FLAGS);
      const to = flags & Packet.STREAM_TO_SERVER ? this.toServer : this.toClient;
      if (length > 0) {
        const text = this.thread.text(this.thread.field(slot, Packet.STREAM_DATA), length);
        to.push(text);
        const key = this.streamKey(slot, flags);
        this.byStream.set(key, (this.byStream.get(key) ?? '') + text);
      }
      if (flags & Packet.STREAM_END) this.ended.add(flags & Packet.STREAM_TO_SERVER ? '>' : '<');
    }
    this.thread.releaseBatch(batch);
  }

  /** The parts of the flow record at its end that do not depend on the row. */
  private noteRecord(slot: number): void {
    const f = this.thread.field(slot, Packet.FLOW) * FlowRecord.INTS;
    const { row } = this.thread.flows;
    this.records.push(RECORD_COLUMNS.map(column => row[f + column]!).join(' '));
  }

  /** First packet of the flow, and the direction. */
  private streamKey(slot: number, flags: number): string {
    const f = this.thread.field(slot, Packet.FLOW) * FlowRecord.INTS;
    const first = this.thread.flows.row[f + FlowRecord.FIRST_NUMBER]!;
    return `${first} ${flags & Packet.STREAM_TO_SERVER ? 'to server' : 'to client'}`;
  }

  private build(given: Step): Uint8Array {
    const client = { ...CLIENT, port: given.port ?? CLIENT.port, isn: this.isn.client };
    return segmentPacket(given, client, { ...SERVER, isn: this.isn.server });
  }
}

/** @param outside the layers around IPv4, from the outside in */
export function segmentPacket(
  given: Step,
  client: End,
  server: End,
  outside: readonly Layer[] = [ethernet()],
): Uint8Array {
  const [mine, other] = given.from === '>' ? [client, server] : [server, client];
  return packet(
    ...outside,
    ipv4({ source: mine.address, destination: other.address }),
    tcp({
      sport: mine.port,
      dport: other.port,
      seq: (mine.isn + given.seq) >>> 0,
      ack: given.ack === undefined ? 0 : (other.isn + given.ack) >>> 0,
      flags: given.flags,
      window: given.window ?? 65535,
      urgent: given.urgent ?? 0,
      options: optionBytes(given.options ?? {}, other.isn),
      ...(given.badChecksum ? { checksum: 0xdead } : {}),
    }),
    given.data ?? '',
  );
}

export interface Outcome {
  events: string[];
  flow: number;
  established: boolean;
  toServer: boolean;
  dropped: boolean;
  reason: number;
  state: string;
  flowState: number;
}

function optionBytes(options: Options, otherIsn: number): Uint8Array {
  if (options.raw !== undefined) return Buffer.from(options.raw, 'hex');
  const parts: Uint8Array[] = [];
  if (options.mss !== undefined) parts.push(concat(u8(2), u8(4), u16(options.mss)));
  if (options.sackPermitted) parts.push(concat(u8(1), u8(1), u8(4), u8(2)));
  if (options.ts) {
    parts.push(concat(u8(1), u8(1), u8(8), u8(10), u32(options.ts[0] >>> 0), u32(options.ts[1] >>> 0)));
  }
  if (options.scale !== undefined) parts.push(concat(u8(1), u8(3), u8(3), u8(options.scale)));
  if (options.sack) {
    const edges = options.sack.flat().map(edge => u32((otherIsn + edge) >>> 0));
    parts.push(concat(u8(1), u8(1), u8(5), u8(2 + 4 * edges.length), ...edges));
  }
  if (options.fastOpen !== undefined) {
    parts.push(concat(u8(34), u8(2 + options.fastOpen.length), options.fastOpen));
  }
  for (const [kind, content] of options.other ?? []) {
    const bytes = Buffer.from(content, 'hex');
    parts.push(concat(u8(kind), u8(2 + bytes.length), bytes));
  }
  return concat(...parts);
}
