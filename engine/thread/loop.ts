/**
 * The main loop of a thread: take a batch, run it through the modules in order, pass it on; sleep if there is none.
 */
import { Batch } from '../batch.js';
import type { Thread, ThreadModule } from '../module.js';
import * as Packet from '../packet.js';
import type { Doorbell } from '../queue/doorbell.js';
import { ABORT, type Control, ENDED, STOP } from './control.js';
import type { Forwarder } from './forwarder.js';
import type { Inlets } from './inlets.js';
import type { Ownership } from './ownership.js';
import type { Returns } from './returns.js';

export interface LoopParts {
  readonly modules: readonly ThreadModule[];
  /** Undefined for a thread that acquires. */
  readonly inlets: Inlets | undefined;
  readonly forwarder: Forwarder;
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
const RETURN_TIMEOUT_MS = 2000;
const RETURN_TIMEOUT_LIVE_MS = 50;
/** A longer sleep counts as this long: the process was stopped, or the CPU was used by others. */
const MAX_SLEEP_MS = 20;

export class Loop {
  private readonly batch = new Batch();
  private readonly row: Int32Array;
  /** The running module: `forward` continues after it. */
  private running = 0;
  private flushedAt = 0;
  private lastNumber = 0;
  private generation = 0;
  /**
   * This batch waited in vain for slots; and the return count at which all packets in flight before it have returned.
   */
  private waitedInVain = false;
  private inFlightBefore = 0;

  constructor(
    private readonly thread: Thread,
    private readonly index: number,
    private readonly parts: LoopParts,
  ) {
    this.row = thread.memory.row;
  }

  /** Runs until no more packets will arrive, or the manager stops it. */
  run(): void {
    while (!this.done()) this.runIteration();
    if (this.parts.control.command !== ABORT) this.end();
    this.parts.forwarder.close();
    for (const module of this.parts.modules) module.close?.();
    this.parts.control.setState(this.index, ENDED);
  }

  private done(): boolean {
    const { control, inlets, modules } = this.parts;
    if (control.command === ABORT) return true;
    if (inlets) return inlets.finished();
    return control.command === STOP || modules[0]!.finished === true;
  }

  private runIteration(): void {
    const { batch, parts } = this;
    parts.control.countIteration(this.index);
    if (parts.control.generation !== this.generation) this.reload();
    parts.returns.collect();
    this.waitedInVain = false;
    this.recordInFlight();
    batch.clear();
    this.take();
    // Events may come from a thread that has reloaded rules since.
    if (parts.inlets && parts.control.generation !== this.generation) this.reload();
    if (batch.length > 0) {
      parts.doorbell.resetIdle();
      this.runFrom(parts.inlets ? 0 : 1);
    } else if (!this.flushIfDue() && parts.modules[0]!.waited !== true) {
      parts.doorbell.sleep(() => this.isIdle(), SLEEP_MS);
    }
    // All packets taken have been passed on, so this thread can pass on the watermark it received.
    parts.forwarder.publishWatermark(parts.inlets ? parts.inlets.watermark() : this.lastNumber);
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
    const { modules, forwarder, ownership } = this.parts;
    for (let i = first; i < modules.length; i++) {
      ownership.check(this.batch);
      this.running = i;
      modules[i]!.process(this.batch);
    }
    ownership.claimCreated(this.batch);
    forwarder.forward(this.batch);
  }

  /** Passes packets to the modules after the running one; see `Thread.forward`. */
  forward(part: Batch): void {
    const { modules, forwarder, ownership } = this.parts;
    const from = this.running;
    for (let i = from + 1; i < modules.length; i++) {
      this.running = i;
      modules[i]!.process(part);
    }
    this.running = from;
    ownership.claimCreated(part);
    forwarder.forward(part);
    this.recordInFlight();
    // The caller needs slots.
    this.waitUntil(this.hasSlots, Number.POSITIVE_INFINITY);
  }

  /** See `Thread.waitUntil`. */
  waitUntil(ready: () => boolean, milliseconds: number): boolean {
    if (ready()) return true;
    const { control, doorbell, returns } = this.parts;
    const isIdle = () => !returns.hasPending() && !ready();
    let waited = 0;
    for (let before = performance.now(); !ready(); ) {
      if (control.command === ABORT || waited > milliseconds) return false;
      returns.collect();
      doorbell.sleep(isIdle, 1);
      const now = performance.now();
      waited += Math.min(now - before, MAX_SLEEP_MS);
      before = now;
    }
    return true;
  }

  /** See `Thread.waitForReturns`. Only once per batch in vain: slots held by the batch itself return after it. */
  waitForReturns(): boolean {
    const { forwarder, returns } = this.parts;
    const { pool } = this.thread;
    const isInFlight = this.inFlightBefore > returns.collected;
    if (!forwarder.hasConsumers || this.waitedInVain || !isInFlight) return false;
    const before = pool.available;
    const timeout = this.parts.live ? RETURN_TIMEOUT_LIVE_MS : RETURN_TIMEOUT_MS;
    this.waitedInVain = !this.waitUntil(() => pool.available > before, timeout);
    return !this.waitedInVain;
  }

  private readonly hasSlots = (): boolean => this.thread.pool.available > 0;

  private recordInFlight(): void {
    const { pool } = this.thread;
    this.inFlightBefore = this.parts.returns.collected + pool.range.slots - pool.available;
  }

  private isIdle(): boolean {
    const { inlets, returns } = this.parts;
    return inlets ? !inlets.ready() : !returns.hasPending();
  }

  /** @returns true if modules were called for time-dependent work */
  private flushIfDue(): boolean {
    if (!this.parts.live) return false;
    const now = performance.now();
    if (now - this.flushedAt < FLUSH_EVERY_MS) return false;
    this.flushedAt = now;
    this.flushModules((module, batch) => module.flush?.(batch));
    return true;
  }

  private end(): void {
    this.flushModules((module, batch) => module.end?.(batch));
  }

  /** Lets each module in turn add packets, which pass through the modules after it. */
  private flushModules(step: (module: ThreadModule, batch: Batch) => void): void {
    const { modules, forwarder, ownership } = this.parts;
    for (let i = 0; i < modules.length; i++) {
      this.batch.clear();
      this.running = i;
      step(modules[i]!, this.batch);
      if (this.batch.length > 0) this.runFrom(i + 1);
    }
    this.batch.clear();
    ownership.claimCreated(this.batch);
    forwarder.publish();
  }

  private reload(): void {
    this.generation = this.parts.control.generation;
    this.parts.reload();
    this.parts.control.setReloaded(this.index, this.generation);
  }
}
