/**
 * A thread for tests of modules: a few megabytes of memory, a pool, counters and logs that tests can read, and no other
 * threads.
 *
 *     const thread = stubThread({ config: { defrag: { trackers: 2 } } });
 *     const decode = await definition.create(thread);
 *     const batch = thread.batch([packet(ethernet(), ipv4(), udp(), 'x')]);
 *     decode.process(batch);
 *     expect(thread.field(batch.slots[0]!, Packet.DESTINATION_PORT)).toBe(53);
 */
import { Batch } from '../engine/batch.js';
import { Config, type ConfigTree } from '../engine/config/config.js';
import { INTS as FLOW_INTS, type FlowRows, flowRows } from '../engine/flow/flow-record.js';
import { allocateMemory, FIRST_BYTE, type Memory, openMemory } from '../engine/memory.js';
import type { ByteRange, Counters, Log, LogWriter, Thread } from '../engine/module.js';
import { eventName } from '../engine/packet/packet-event-names.js';
import * as Packet from '../engine/packet.js';
import { Pool } from '../engine/pool.js';

export interface StubOptions {
  config?: ConfigTree;
  slots?: number;
  /** Bytes of packet memory, and of one block of it. */
  bytes?: number;
  blockSize?: number;
  /** Bytes of stream memory and of scratch space, besides packet memory. */
  streamBytes?: number;
  scratchBytes?: number;
  flows?: number;
  seed?: number;
  shared?: Record<string, unknown>;
  /** Event kinds that outputs want; by default all. */
  wants?: readonly number[];
  /** The module behind the tested one. Without it, forwarded slots are collected in `passed` and stay taken. */
  onForward?: (batch: Batch) => void;
}

export interface FeedOptions {
  linkType?: number;
  /** Time of the first packet in seconds, and between packets. */
  time?: number;
  interval?: number;
}

export function stubThread(options: StubOptions = {}): StubThread {
  return new StubThread(options);
}

export class StubThread implements Thread {
  readonly name = 'worker-1';
  readonly group = 'worker';
  readonly index = 0;
  readonly count = 1;
  readonly memory: Memory;
  readonly pool: Pool;
  readonly flows: FlowRows;
  readonly flowRange: { first: number; count: number };
  readonly streamRange: ByteRange;
  readonly scratch: ByteRange;
  readonly config: Config;
  readonly counters = new StubCounters();
  readonly log = new StubLog();
  readonly seed: number;
  readonly shared: Record<string, unknown>;
  readonly services = new Map<string, unknown>();
  /** Slots passed on by `forward`, in order. */
  readonly passed: number[] = [];
  /** Log files by name, as text. */
  readonly files = new Map<string, string>();
  readonly warnings: string[] = [];
  private packets = 0;

  constructor(private readonly options: StubOptions) {
    const { slots = 1024, bytes = 4 << 20, blockSize = 256 << 10, flows = 1024 } = options;
    const { streamBytes = 1 << 20, scratchBytes = 256 << 10 } = options;
    this.memory = openMemory(allocateMemory(slots, FIRST_BYTE + bytes + streamBytes + scratchBytes));
    this.streamRange = { first: FIRST_BYTE + bytes, byteLength: streamBytes };
    this.scratch = { first: FIRST_BYTE + bytes + streamBytes, byteLength: scratchBytes };
    this.pool = new Pool(this.memory, {
      index: 0,
      firstSlot: 0,
      slots,
      firstByte: FIRST_BYTE,
      byteLength: bytes,
      blockSize,
    });
    this.flows = flowRows(new SharedArrayBuffer(flows * FLOW_INTS * 4));
    this.flowRange = { first: 0, count: flows };
    this.config = new Config(options.config ?? {});
    this.seed = options.seed ?? 1;
    this.shared = options.shared ?? {};
  }

  /** A batch of packets as captured. Numbers continue from batch to batch. */
  batch(
    packets: readonly Uint8Array[],
    { linkType = 1, time = 1700000000, interval = 0.001 }: FeedOptions = {},
  ): Batch {
    const batch = new Batch();
    packets.forEach((data, i) => {
      const slot = this.take(data);
      const p = slot * Packet.INTS;
      const { row } = this.memory;
      const at = time + i * interval;
      row[p + Packet.LINK_TYPE] = linkType;
      row[p + Packet.SECONDS] = Math.floor(at);
      row[p + Packet.NANOSECONDS] = Math.round((at % 1) * 1e9);
      batch.push(slot);
    });
    return batch;
  }

  private take(data: Uint8Array): number {
    const slot = this.pool.take();
    if (slot < 0) throw new Error('the pool of the stub has no slots left: give it more, or release packets');
    const offset = this.pool.allocate(slot, data.length);
    if (offset < 0)
      throw new Error('the pool of the stub has no bytes left: give it more, or release packets');
    this.memory.bytes.set(data, offset);
    const p = slot * Packet.INTS;
    this.memory.row[p + Packet.DATA] = offset;
    this.memory.row[p + Packet.LENGTH] = data.length;
    this.memory.row[p + Packet.WIRE_LENGTH] = data.length;
    this.memory.row[p + Packet.NUMBER] = ++this.packets;
    return slot;
  }

  /** A field of a packet's row. */
  field(slot: number, field: number): number {
    return this.memory.row[slot * Packet.INTS + field]!;
  }

  /** Names of the events set on a packet, in the order of their numbers. */
  events(slot: number): string[] {
    const names: string[] = [];
    for (let event = 0; event < Packet.EVENT_FIELDS * 32; event++) {
      if (Packet.hasEvent(this.memory.row, slot * Packet.INTS, event)) names.push(eventName(event));
    }
    return names;
  }

  /** The transport payload, as Latin-1 text. */
  payload(slot: number): string {
    const start = this.field(slot, Packet.PAYLOAD);
    return this.text(start, this.field(slot, Packet.PAYLOAD_LENGTH));
  }

  /** Bytes of memory as Latin-1 text. */
  text(offset: number, length: number): string {
    return Buffer.from(this.memory.bytes.subarray(offset, offset + length)).toString('latin1');
  }

  /** Releases packets: slots whose last reference this was are free again, and so are their roots. */
  release(slots: Iterable<number>): void {
    for (const slot of slots) this.releaseOne(slot);
  }

  releaseBatch(batch: Batch): void {
    this.release([...batch.slots.subarray(0, batch.length)]);
    batch.clear();
  }

  private releaseOne(slot: number): void {
    const p = slot * Packet.INTS;
    const { row } = this.memory;
    if (--row[p + Packet.REFERENCES]! > 0) return;
    const root = row[p + Packet.ROOT]!;
    this.pool.release(slot);
    if (root >= 0) this.releaseOne(root);
  }

  openLog(file: string): LogWriter {
    if (!this.files.has(file)) this.files.set(file, '');
    return {
      write: (bytes, start, end) => {
        this.files.set(file, this.files.get(file)! + Buffer.from(bytes.subarray(start, end)).toString());
      },
    };
  }

  forward(batch: Batch): void {
    if (this.options.onForward) {
      this.options.onForward(batch);
    } else {
      this.passed.push(...batch.slots.subarray(0, batch.length));
    }
    batch.clear();
  }

  wants(eventKind: number): boolean {
    return this.options.wants?.includes(eventKind) ?? true;
  }

  warnOnce(message: string): void {
    if (!this.warnings.includes(message)) this.warnings.push(message);
  }
}

class StubCounters implements Counters {
  readonly values = new Float64Array(4096);
  private readonly indexes = new Map<string, number>();

  declare(name: string): number {
    const index = this.indexes.get(name) ?? this.indexes.size;
    this.indexes.set(name, index);
    return index;
  }

  /** The counter's value. @throws Error if it is not declared */
  read(name: string): number {
    const index = this.indexes.get(name);
    if (index === undefined) throw new Error(`the counter ${name} is not declared`);
    return this.values[index]!;
  }

  /** All counters that are not zero. */
  nonZero(): Record<string, number> {
    return Object.fromEntries(
      [...this.indexes].map(([name, i]) => [name, this.values[i]!]).filter(entry => entry[1] !== 0),
    );
  }
}

class StubLog implements Log {
  /** `warning: text` */
  readonly lines: string[] = [];
  debug = (message: string) => this.add('debug', message);
  info = (message: string) => this.add('info', message);
  notice = (message: string) => this.add('notice', message);
  warning = (message: string) => this.add('warning', message);
  error = (message: string) => this.add('error', message);

  private add(level: string, message: string): void {
    this.lines.push(`${level}: ${message}`);
  }
}
