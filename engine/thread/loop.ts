/**
 * The main loop of a thread: take a batch, run it through the modules in order, pass it on; sleep if there is none.
 */
import { Batch } from '../batch.js';
import type { Thread, ThreadModule } from '../module.js';
import * as Packet from '../packet.js';
import type { Doorbell } from '../queue/doorbell.js';
import { ABORT, type Control, ENDED, STOP } from './control.js';
import type { HandOver } from './hand-over.js';
import type { Inlets } from './inlets.js';
import type { Ownership } from './ownership.js';
import type { Returns } from './returns.js';

export interface LoopParts {
  readonly modules: readonly ThreadModule[];
  /** Undefined for a thread that acquires. */
  readonly inlets: Inlets | undefined;
  readonly handOver: HandOver;
  readonly returns: Returns;
  readonly doorbell: Doorbell;
  readonly control: Control;
  readonly ownership: Ownership;
  readonly batchSize: number;
  /** Live traffic: `flush` is called when time passes without packets. In replay only packets advance time. */
  readonly live: boolean;
  /** Fetches reloaded shared objects; called when the control words signal a reload. */
  reload(): void;
}

/** Maximum sleep before a thread checks the control words. */
const SLEEP_MS = 50;
const FLUSH_EVERY_MS = 100;
/** How long a batch waits for slots of the pool held by downstream threads. */
const AWAIT_HOME_MS = 2000;
const AWAIT_HOME_LIVE_MS = 50;
/** A longer sleep counts as this long: the process was stopped, or the CPU was used by others. */
const LONGEST_REST_MS = 20;

export class Loop {
  private readonly batch = new Batch();
  private readonly row: Int32Array;
  /** The running module: `passOn` continues after it. */
  private running = 0;
  private flushedAt = 0;
  private lastNumber = 0;
  private generation = 0;
  /**
   * This batch waited in vain for slots; and the return count at which all packets in flight before it have returned.
   */
  private awaited = false;
  private outBefore = 0;

  constructor(
    private readonly thread: Thread,
    private readonly index: number,
    private readonly parts: LoopParts,
  ) {
    this.row = thread.memory.row;
  }

  /** Runs until no more packets will arrive, or the manager stops it. */
  run(): void {
    while (!this.done()) this.turn();
    if (this.parts.control.command !== ABORT) this.end();
    this.parts.handOver.close();
    for (const module of this.parts.modules) module.close?.();
    this.parts.control.setState(this.index, ENDED);
  }

  private done(): boolean {
    const { control, inlets, modules } = this.parts;
    if (control.command === ABORT) return true;
    if (inlets) return inlets.finished();
    return control.command === STOP || modules[0]!.finished === true;
  }

  private turn(): void {
    const { batch, parts } = this;
    parts.control.turned(this.index);
    if (parts.control.generation !== this.generation) this.reload();
    parts.returns.collect();
    this.awaited = false;
    this.noteOut();
    batch.clear();
    this.take();
    // Events may come from a thread that has reloaded rules since.
    if (parts.inlets && parts.control.generation !== this.generation) this.reload();
    if (batch.length > 0) {
      parts.doorbell.busy();
      this.runFrom(parts.inlets ? 0 : 1);
    } else if (!this.flushIfDue() && parts.modules[0]!.waited !== true) {
      parts.doorbell.rest(() => this.nothingNew(), SLEEP_MS);
    }
    // All packets taken have been passed on, so this thread can pass on the watermark it received.
    parts.handOver.publishWatermark(parts.inlets ? parts.inlets.watermark() : this.lastNumber);
  }

  private take(): void {
    const { inlets, modules, batchSize, ownership } = this.parts;
    if (inlets) inlets.receive(this.batch, batchSize);
    else {
      this.running = 0;
      modules[0]!.process(this.batch);
      ownership.claim(this.batch);
      const { length, slots } = this.batch;
      if (length > 0) this.lastNumber = this.row[slots[length - 1]! * Packet.INTS + Packet.NUMBER]!;
    }
  }

  private runFrom(first: number): void {
    const { modules, handOver, ownership } = this.parts;
    for (let i = first; i < modules.length; i++) {
      ownership.check(this.batch);
      this.running = i;
      modules[i]!.process(this.batch);
    }
    ownership.claimMade(this.batch);
    handOver.give(this.batch);
  }

  /** Passes packets to the modules after the running one; see `Thread.passOn`. */
  passOn(part: Batch): void {
    const { modules, handOver, ownership } = this.parts;
    const from = this.running;
    for (let i = from + 1; i < modules.length; i++) {
      this.running = i;
      modules[i]!.process(part);
    }
    this.running = from;
    ownership.claimMade(part);
    handOver.give(part);
    this.noteOut();
    // The caller needs slots.
    this.waitUntil(this.hasSlots, Number.POSITIVE_INFINITY);
  }

  /** See `Thread.waitUntil`. */
  waitUntil(ready: () => boolean, milliseconds: number): boolean {
    if (ready()) return true;
    const { control, doorbell, returns } = this.parts;
    const nothingNew = () => !returns.waiting() && !ready();
    let waited = 0;
    for (let before = performance.now(); !ready(); ) {
      if (control.command === ABORT || waited > milliseconds) return false;
      returns.collect();
      doorbell.rest(nothingNew, 1);
      const now = performance.now();
      waited += Math.min(now - before, LONGEST_REST_MS);
      before = now;
    }
    return true;
  }

  /** See `Thread.awaitHome`. Only once per batch in vain: slots held by the batch itself return after it. */
  awaitHome(): boolean {
    const { handOver, returns } = this.parts;
    const { pool } = this.thread;
    const isOut = this.outBefore > returns.collected;
    if (!handOver.hasConsumers || this.awaited || !isOut) return false;
    const before = pool.available;
    const patience = this.parts.live ? AWAIT_HOME_LIVE_MS : AWAIT_HOME_MS;
    this.awaited = !this.waitUntil(() => pool.available > before, patience);
    return !this.awaited;
  }

  private readonly hasSlots = (): boolean => this.thread.pool.available > 0;

  private noteOut(): void {
    const { pool } = this.thread;
    this.outBefore = this.parts.returns.collected + pool.range.slots - pool.available;
  }

  private nothingNew(): boolean {
    const { inlets, returns } = this.parts;
    return inlets ? !inlets.ready() : !returns.waiting();
  }

  /** @returns true if modules were called for time-dependent work */
  private flushIfDue(): boolean {
    if (!this.parts.live) return false;
    const now = performance.now();
    if (now - this.flushedAt < FLUSH_EVERY_MS) return false;
    this.flushedAt = now;
    this.finishEach((module, batch) => module.flush?.(batch));
    return true;
  }

  private end(): void {
    this.finishEach((module, batch) => module.end?.(batch));
  }

  /** Lets each module in turn add packets, which pass through the modules after it. */
  private finishEach(step: (module: ThreadModule, batch: Batch) => void): void {
    const { modules, handOver, ownership } = this.parts;
    for (let i = 0; i < modules.length; i++) {
      this.batch.clear();
      this.running = i;
      step(modules[i]!, this.batch);
      if (this.batch.length > 0) this.runFrom(i + 1);
    }
    this.batch.clear();
    ownership.claimMade(this.batch);
    handOver.publish();
  }

  private reload(): void {
    this.generation = this.parts.control.generation;
    this.parts.reload();
    this.parts.control.setReloaded(this.index, this.generation);
  }
}
