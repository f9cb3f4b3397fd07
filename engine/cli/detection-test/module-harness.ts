/** Plays flows to modules, without sockets or captures. */
import { Batch } from '../../batch.js';
import { Config } from '../../config/config.js';
import * as Flow from '../../flow/flow-record.js';
import type { ThreadModule } from '../../module.js';
import * as Packet from '../../packet.js';
import { address4Bytes } from './address4.js';
import type { FlowLine } from './table.js';
import { TestThread } from './test-thread.js';

/** Overwrites bytes as soon as the detections have seen them, since the engine reuses that memory. */
const OVERWRITTEN = 0xdd;

/** An event for the outputs. */
export interface HarnessEvent {
  /** One of the EVENT_ constants. */
  readonly kind: number;
  /** Record members written by the event's producer. */
  readonly members: Record<string, unknown>;
  /** A field of the event's row. */
  field(field: number): number;
  /** Number of the current packet, starting from 1. */
  readonly packet: number;
}

export interface HarnessSettings {
  readonly config?: Config;
  readonly shared?: Readonly<Record<string, unknown>>;
  /** Data is inspected with the packet that carries it, which can be dropped. */
  readonly inline?: boolean;
}

export class ModuleHarness {
  readonly messages: string[] = [];
  /** Verdict of each packet, in packet order. */
  readonly verdicts: number[] = [];
  readonly thread: TestThread;
  private modules: ThreadModule[] = [];
  private flow = -1;
  private flowCount = 0;
  private readonly open = new Set<number>();
  private transport: 'tcp' | 'udp' = 'tcp';
  private packets = 0;
  private time = 1_700_000_000;
  private readonly inline: boolean;

  private constructor(
    { config = new Config({}), shared = {}, inline = false }: HarnessSettings,
    private readonly onEvent: (event: HarnessEvent) => void,
  ) {
    this.inline = inline;
    const tree = { ...config.tree, 'engine-mode': inline ? 'ips' : 'ids' };
    this.thread = new TestThread(new Config(tree), shared, message => void this.messages.push(message));
  }

  /** @param modules create the modules that packets pass through, in order  @param onEvent receives events */
  static async of(
    modules: readonly ((thread: TestThread) => ThreadModule | Promise<ThreadModule>)[],
    onEvent: (event: HarnessEvent) => void,
    settings: HarnessSettings = {},
  ): Promise<ModuleHarness> {
    const harness = new ModuleHarness(settings, onEvent);
    for (const make of modules) harness.modules.push(await make(harness.thread));
    return harness;
  }

  /** Whether data is split into segments: datagrams are not. */
  get isSegmented(): boolean {
    return this.transport === 'tcp';
  }

  /** Begins another flow; the previous one stays active. */
  begin(flow: FlowLine): void {
    const { row, bytes } = this.thread.flows;
    this.flow = this.flowCount++;
    this.open.add(this.flow);
    this.transport = flow.transport;
    const f = this.flow * Flow.INTS;
    bytes.set(address4Bytes(flow.clientAddress), (f + Flow.CLIENT_ADDRESS) * 4);
    bytes.set(address4Bytes(flow.serverAddress), (f + Flow.SERVER_ADDRESS) * 4);
    row[f + Flow.CLIENT_PORT] = flow.clientPort;
    row[f + Flow.SERVER_PORT] = flow.serverPort;
    row[f + Flow.PROTOCOL] = flow.transport === 'tcp' ? 6 : 17;
    row[f + Flow.IP_VERSION] = 4;
    row[f + Flow.START_SECONDS] = Math.floor(this.time);
    row[f + Flow.START_NANOSECONDS] = Math.round((this.time % 1) * 1e9);
  }

  advance(seconds: number): void {
    this.time += seconds;
  }

  data(toServer: boolean, data: Uint8Array): void {
    const isTcp = this.transport === 'tcp';
    this.packet(toServer, (p, slot) => {
      const { memory, pool } = this.thread;
      const { row } = memory;
      const at = pool.allocate(slot, data.length);
      memory.bytes.set(data, at);
      row[p + Packet.PAYLOAD] = at;
      row[p + Packet.PAYLOAD_LENGTH] = data.length;
      if (!isTcp) return undefined;
      row[p + Packet.STREAM_DATA] = at;
      row[p + Packet.STREAM_LENGTH] = data.length;
      return () => memory.bytes.fill(OVERWRITTEN, at, at + data.length);
    });
  }

  gap(toServer: boolean, missing: number): void {
    this.packet(toServer, p => {
      this.thread.memory.row[p + Packet.STREAM_GAP] = missing;
      return undefined;
    });
  }

  close(toServer: boolean, reset: boolean): void {
    this.packet(toServer, p => {
      this.thread.memory.row[p + Packet.STREAM_FLAGS]! |= reset ? Packet.STREAM_RESET : Packet.STREAM_END;
      return undefined;
    });
  }

  /** Ends the flow. */
  end(): void {
    if (!this.open.delete(this.flow)) return;
    this.packet(true, p => {
      this.thread.memory.row[p + Packet.PSEUDO] = Packet.PSEUDO_FLOW_END;
      return undefined;
    });
  }

  /** Ends all flows. */
  endAll(): void {
    for (const flow of [...this.open]) {
      this.flow = flow;
      this.end();
    }
  }

  private packet(toServer: boolean, fill: (p: number, slot: number) => (() => void) | undefined): void {
    const { memory, pool } = this.thread;
    const { row } = memory;
    const slot = pool.take();
    const p = slot * Packet.INTS;
    this.countPacket(toServer);
    row[p + Packet.NUMBER] = ++this.packets;
    row[p + Packet.SECONDS] = Math.floor(this.time);
    row[p + Packet.NANOSECONDS] = Math.round((this.time % 1) * 1e9);
    row[p + Packet.FLOW] = this.flow;
    const f = this.flow * Flow.INTS;
    row[p + Packet.FLOW_PACKETS_TO_SERVER] = this.thread.flows.row[f + Flow.PACKETS_TO_SERVER]!;
    row[p + Packet.FLOW_PACKETS_TO_CLIENT] = this.thread.flows.row[f + Flow.PACKETS_TO_CLIENT]!;
    const { row64 } = this.thread.flows;
    const [d, f64] = [slot * Packet.DOUBLES, this.flow * Flow.DOUBLES];
    memory.row64[d + Packet.FLOW_BYTES_TO_SERVER] = row64[f64 + Flow.BYTES_TO_SERVER]!;
    memory.row64[d + Packet.FLOW_BYTES_TO_CLIENT] = row64[f64 + Flow.BYTES_TO_CLIENT]!;
    const isTcp = this.transport === 'tcp';
    row[p + Packet.PROTOCOL] = isTcp ? 6 : 17;
    row[p + Packet.IP_VERSION] = 4;
    row[p + Packet.FLOW_STATE] =
      (toServer ? Packet.FLOW_TO_SERVER : 0) | (isTcp ? Packet.FLOW_ESTABLISHED : 0);
    row[p + Packet.STREAM_FLAGS] =
      (toServer ? Packet.STREAM_TO_SERVER : 0) | (this.inline ? Packet.STREAM_INLINE : 0);
    const forget = fill(p, slot);
    this.run(slot);
    forget?.();
  }

  private countPacket(toServer: boolean): void {
    const { row } = this.thread.flows;
    const f = this.flow * Flow.INTS;
    row[f + (toServer ? Flow.PACKETS_TO_SERVER : Flow.PACKETS_TO_CLIENT)]!++;
    row[f + Flow.LAST_SECONDS] = Math.floor(this.time);
    row[f + Flow.LAST_NANOSECONDS] = Math.round((this.time % 1) * 1e9);
  }

  private run(slot: number): void {
    const batch = new Batch();
    batch.push(slot);
    for (const module of this.modules) module.process(batch);
    this.verdicts.push(this.thread.memory.row[slot * Packet.INTS + Packet.VERDICT]!);
    for (let i = 0; i < batch.length; i++) this.emitEvent(batch.slots[i]!);
    this.thread.release(batch);
  }

  private emitEvent(event: number): void {
    const { row, bytes } = this.thread.memory;
    const e = event * Packet.INTS;
    if (row[e + Packet.PSEUDO] !== Packet.PSEUDO_EVENT) return;
    const start = row[e + Packet.PAYLOAD]!;
    const members = Buffer.from(bytes.slice(start, start + row[e + Packet.PAYLOAD_LENGTH]!)).toString();
    this.onEvent({
      kind: row[e + Packet.EVENT_KIND]!,
      members: JSON.parse(`{${members}}`) as Record<string, unknown>,
      field: field => row[e + field]!,
      packet: this.packets,
    });
  }
}
