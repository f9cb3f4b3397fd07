/**
 * Each stage of one thread alone: the real modules over a capture, one after the other for each batch, with a clock
 * that runs for the current stage. The pattern search and the parsers are parts of stages and are reported beside them;
 * the clock adds some ten nanoseconds per call.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { Batch } from '../../engine/batch.js';
import type { LogWriter, ModuleDefinition, ThreadModule } from '../../engine/module.js';
import { native } from '../../engine/native.js';
import * as Packet from '../../engine/packet.js';
import type { Protocol } from '../../engine/protocol.js';
import { Application } from '../../modules/app.js';
import decode from '../../modules/decode.js';
import detect from '../../modules/detect.js';
import eve from '../../modules/eve.js';
import flow from '../../modules/flow.js';
import flowLog from '../../modules/flow-log.js';
import pcap from '../../modules/pcap.js';
import stream from '../../modules/stream.js';
import verdict from '../../modules/verdict.js';
import { StubThread } from '../thread-stub.js';
import { SelfClock } from './self-clock.js';

const SIZES = {
  ...{ slots: 16_384, bytes: 128 << 20, blockSize: 1 << 20, flows: 262_144 },
  ...{ streamBytes: 512 << 20, scratchBytes: 64 << 20 },
};

export interface StageRun {
  readonly packets: number;
  readonly bytes: number;
  readonly alerts: number;
  readonly seconds: number;
  /** Milliseconds of each stage, without the stages it called. */
  readonly stages: Readonly<Record<string, number>>;
}

/** @param config with the capture  @param shared shared data of the threads of a run  @param log where records go */
export async function runStages(
  config: Record<string, unknown>,
  shared: Record<string, unknown>,
  protocols: readonly Protocol[],
  wanted: readonly number[],
  log: string,
): Promise<StageRun> {
  const clock = new SelfClock();
  const chain = await StageChain.open(new BenchThread(config, shared, wanted, log), protocols, clock);
  const began = performance.now();
  const packets = chain.run();
  const seconds = (performance.now() - began) / 1000;
  return { ...packets, seconds, stages: clock.milliseconds() };
}

/** Log files are real files, not texts in memory. */
class BenchThread extends StubThread {
  chain: StageChain | undefined;
  private readonly file: number;

  constructor(
    config: Record<string, unknown>,
    shared: Record<string, unknown>,
    wanted: readonly number[],
    log: string,
  ) {
    super({ ...SIZES, config, shared, wants: wanted, onForward: part => this.chain!.passOn(part) });
    this.file = openSync(log, 'w');
  }

  override openLog(): LogWriter {
    return { write: (bytes, start, end) => void writeSync(this.file, bytes.slice(start, end)) };
  }

  close(): void {
    closeSync(this.file);
  }
}

class StageChain {
  private readonly batch = new Batch();
  private running = 0;

  private constructor(
    private readonly thread: BenchThread,
    private readonly names: readonly string[],
    private readonly modules: readonly ThreadModule[],
    private readonly clock: SelfClock,
  ) {}

  static async open(
    thread: BenchThread,
    protocols: readonly Protocol[],
    clock: SelfClock,
  ): Promise<StageChain> {
    countSearch(clock);
    const app = {
      create: () =>
        new Application(
          thread,
          protocols.map(each => timed(each, clock)),
        ),
    };
    const stages: (readonly [string, Pick<ModuleDefinition, 'create'>])[] = [
      ...([
        ['read', pcap],
        ['decode', decode],
        ['flow', flow],
        ['stream', stream],
        ['app', app],
      ] as const),
      ...(thread.shared.rules === undefined ? [] : ([['detect', detect]] as const)),
      ...([
        ['verdict', verdict],
        ['flow-log', flowLog],
        ['eve', eve],
      ] as const),
    ];
    const modules: ThreadModule[] = [];
    for (const [, definition] of stages) modules.push(await definition.create(thread));
    thread.chain = new StageChain(
      thread,
      stages.map(([name]) => name),
      modules,
      clock,
    );
    return thread.chain;
  }

  run(): { packets: number; bytes: number; alerts: number } {
    const { modules, batch, thread } = this;
    while (!modules[0]!.finished) {
      this.step(0, batch);
      this.from(1, batch);
    }
    modules.forEach((module, i) => {
      this.running = i;
      this.clock.enter(this.names[i]!);
      module.end?.(batch);
      this.clock.leave();
      this.from(i + 1, batch);
    });
    for (const module of modules) module.close?.();
    thread.close();
    const read = (name: string): number => thread.counters.nonZero()[name] ?? 0;
    return { packets: read('decoder.pkts'), bytes: read('decoder.bytes'), alerts: read('detect.alert') };
  }

  /** Passes packets to the stages behind the current one before it is done. */
  passOn(part: Batch): void {
    const { running } = this;
    this.from(running + 1, part);
    this.running = running;
  }

  private from(first: number, batch: Batch): void {
    if (batch.length === 0) return;
    for (let i = first; i < this.modules.length; i++) this.step(i, batch);
    this.clock.enter('pool');
    for (let i = 0; i < batch.length; i++) this.release(batch.slots[i]!);
    batch.clear();
    this.clock.leave();
  }

  private step(i: number, batch: Batch): void {
    this.running = i;
    this.clock.enter(this.names[i]!);
    this.modules[i]!.process(batch);
    this.clock.leave();
  }

  private release(slot: number): void {
    const { row } = this.thread.memory;
    const p = slot * Packet.INTS;
    if (--row[p + Packet.REFERENCES]! > 0) return;
    const root = row[p + Packet.ROOT]!;
    this.thread.pool.release(slot);
    if (root >= 0) this.release(root);
  }
}

/** Wraps the addon's search in a clock: what remains of `detect` is the selection and evaluation of candidates. */
function countSearch(clock: SelfClock): void {
  const addon = native();
  if (!addon) return;
  const scan = addon.scan.bind(addon);
  addon.scan = (...given) => {
    clock.enter('search for patterns');
    const found = scan(...given);
    clock.leave();
    return found;
  };
}

/** The same protocol with a clock around its parser. */
function timed(protocol: Protocol, clock: SelfClock): Protocol {
  const name = `parser ${protocol.name}`;
  const { client, server, datagram } = protocol;
  return {
    ...protocol,
    ...(client && { client: session => clocked(client(session), name, clock) }),
    ...(server && { server: session => clocked(server(session), name, clock) }),
    ...(datagram && {
      datagram(...given) {
        clock.enter(name);
        datagram(...given);
        clock.leave();
      },
    }),
  };
}

function clocked<G extends Generator<void, void, void>>(routine: G, name: string, clock: SelfClock): G {
  const next = routine.next.bind(routine);
  return Object.assign(routine, {
    next() {
      clock.enter(name);
      const result = next();
      clock.leave();
      return result;
    },
  });
}
