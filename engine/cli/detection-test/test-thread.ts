/** A thread without an engine: the memory, counters and logs that modules need, for tests that run in milliseconds. */
import type { Batch } from '../../batch.js';
import type { Config } from '../../config/config.js';
import { INTS as FLOW_INTS, type FlowRows, flowRows } from '../../flow/flow-record.js';
import { allocateMemory, FIRST_BYTE, type Memory, openMemory } from '../../memory.js';
import type { Counters, Log, LogWriter, Thread } from '../../module.js';
import * as Packet from '../../packet.js';
import { Pool } from '../../pool.js';

const SLOTS = 256;
const BYTES = 2 << 20;
const BLOCK = 256 << 10;
const FLOWS = 1024;

export class TestThread implements Thread {
  readonly name = 'test';
  readonly group = 'test';
  readonly index = 0;
  readonly count = 1;
  readonly seed = 1;
  readonly memory: Memory;
  readonly pool: Pool;
  readonly flows: FlowRows;
  readonly flowRange = { first: 0, count: FLOWS };
  readonly streamRange = { first: FIRST_BYTE, byteLength: 0 };
  readonly scratch = { first: FIRST_BYTE, byteLength: 0 };
  readonly services = new Map<string, unknown>();
  readonly counters = new TestCounters();
  readonly log: Log;
  /** Contents of log files. */
  readonly logs = new Map<string, string>();

  constructor(
    readonly config: Config,
    readonly shared: Readonly<Record<string, unknown>>,
    /** Receives log messages and warnings. */
    private readonly tell: (message: string) => void,
  ) {
    this.memory = openMemory(allocateMemory(SLOTS, FIRST_BYTE + BYTES));
    this.flows = flowRows(new SharedArrayBuffer(FLOWS * FLOW_INTS * 4));
    this.pool = new Pool(this.memory, {
      ...{ index: 0, firstSlot: 0, slots: SLOTS, firstByte: FIRST_BYTE },
      ...{ byteLength: BYTES, blockSize: BLOCK },
    });
    const quiet = () => {};
    this.log = { debug: quiet, info: quiet, notice: quiet, warning: tell, error: tell };
  }

  /** Returns the packets of a batch to their pool. */
  release(batch: Batch): void {
    for (let i = 0; i < batch.length; i++) this.releaseSlot(batch.slots[i]!);
    batch.clear();
  }

  private releaseSlot(slot: number): void {
    const p = slot * Packet.INTS;
    if (--this.memory.row[p + Packet.REFERENCES]! > 0) return;
    const root = this.memory.row[p + Packet.ROOT]!;
    this.pool.release(slot);
    if (root >= 0) this.releaseSlot(root);
  }

  openLog(file: string): LogWriter {
    const write = (bytes: Uint8Array, start: number, end: number) => {
      const text = Buffer.from(bytes.slice(start, end)).toString();
      this.logs.set(file, (this.logs.get(file) ?? '') + text);
    };
    return { write };
  }

  forward(batch: Batch): void {
    this.release(batch);
  }

  wants(): boolean {
    return true;
  }

  warnOnce(message: string): void {
    this.tell(message);
  }
}

class TestCounters implements Counters {
  readonly values = new Float64Array(4096);
  private readonly names: string[] = [];

  declare(name: string): number {
    const known = this.names.indexOf(name);
    return known >= 0 ? known : this.names.push(name) - 1;
  }

  read(name: string): number {
    return this.values[this.names.indexOf(name)] ?? 0;
  }
}
