/** The stages of one thread without the thread, for measurements that must be exact. */
import { Batch } from '../../engine/batch.js';
import { Config } from '../../engine/config/config.js';
import { openMatcher } from '../../engine/matcher/open.js';
import type { ModuleDefinition, ThreadModule } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import decode from '../../modules/decode.js';
import detect from '../../modules/detect.js';
import flow from '../../modules/flow.js';
import stream from '../../modules/stream.js';
import { compileOptionsFrom, compileRules } from '../../signatures/compile.js';
import { loadRuleText } from '../../signatures/load-rules.js';
import type { CapturedPacket } from '../packets/builder.js';
import { type StubThread, stubThread } from '../thread-stub.js';

const CONFIG = { detect: { 'sgh-mpm-caching': false } };
/** Three groups of signatures: by protocol, port and direction. No packet matches. */
const RULES = `
alert tcp any any -> any 80 (msg:"a"; flow:to_server; content:"nothing-like-this"; sid:1;)
alert tcp any 80 -> any any (msg:"b"; flow:to_client; content:"never-in-an-answer"; sid:2;)
alert tcp any any -> any any (msg:"c"; content:"|00 01 02 03|unseen"; sid:3;)
`;

/** The stages of one thread. The chain itself allocates nothing. */
export class Chain {
  private readonly batch = new Batch();
  private seconds = 1_700_000_000;
  private number = 0;

  constructor(
    private readonly thread: StubThread,
    private readonly modules: readonly ThreadModule[],
    private readonly packets: readonly CapturedPacket[],
  ) {}

  /** Replays all conversations once, an hour after the last time. @returns number of batches */
  run(): number {
    this.seconds += 3600;
    const { packets } = this;
    let count = 0;
    for (let i = 0; i < packets.length; i++) {
      this.take(packets[i]!.data);
      if (this.batch.length < 256) continue;
      this.process();
      count++;
    }
    this.process();
    return count + 1;
  }

  private take(data: Uint8Array): void {
    const { pool, memory } = this.thread;
    const { row, bytes } = memory;
    const slot = pool.take();
    const offset = pool.allocate(slot, data.length);
    bytes.set(data, offset);
    const p = slot * Packet.INTS;
    row[p + Packet.LINK_TYPE] = 1;
    row[p + Packet.SECONDS] = this.seconds;
    row[p + Packet.DATA] = offset;
    row[p + Packet.LENGTH] = data.length;
    row[p + Packet.WIRE_LENGTH] = data.length;
    row[p + Packet.NUMBER] = ++this.number;
    this.batch.push(slot);
  }

  private process(): void {
    const { batch } = this;
    for (const module of this.modules) module.process(batch);
    for (let i = 0; i < batch.length; i++) this.release(batch.slots[i]!);
    batch.clear();
  }

  private release(slot: number): void {
    const { pool, memory } = this.thread;
    const p = slot * Packet.INTS;
    if (--memory.row[p + Packet.REFERENCES]! > 0) return;
    const root = memory.row[p + Packet.ROOT]!;
    pool.release(slot);
    if (root >= 0) this.release(root);
  }
}

/** Decode, flow, stream and detect with three rules that never match. */
export async function openChain(packets: readonly CapturedPacket[]): Promise<Chain> {
  const thread = stubThread({
    slots: 4096,
    bytes: 8 << 20,
    flows: 8192,
    streamBytes: 64 << 20,
    scratchBytes: 8 << 20,
    config: CONFIG,
  });
  const config = new Config(CONFIG);
  const rules = loadRuleText(RULES, 'allocation.rules', { config, protocols: [] });
  thread.shared.rules = compileRules(
    rules,
    openMatcher(thread.memory, 'auto'),
    compileOptionsFrom(config, []),
  );
  const modules: ThreadModule[] = [];
  for (const definition of [decode, flow, stream, detect] as ModuleDefinition[])
    modules.push(await definition.create(thread));
  return new Chain(thread, modules, packets);
}
