/** Plays conversations to the application layer and the detections, without sockets or captures. */
import app from '../../../modules/app.js';
import detections from '../../../modules/detections.js';
import { Batch } from '../../batch.js';
import { Config } from '../../config/config.js';
import { DETECTIONS, type Detections, FIRST_DETECTION } from '../../detection/prepared.js';
import { APP_PROTOCOL_NAMES, EVENT_ALERT } from '../../event.js';
import * as Flow from '../../flow-record.js';
import type { ThreadModule } from '../../module.js';
import * as Packet from '../../packet.js';
import type { Protocol } from '../../protocol.js';
import { address4Bytes } from './address4.js';
import { StageThread } from './stage-thread.js';
import type { FlowLine } from './table.js';

/** Something that a detection told. */
export interface Finding {
  readonly detection: string;
  readonly sid: number;
  readonly action: 'alert' | 'drop' | 'reject';
  readonly message: string | undefined;
  readonly toServer: boolean;
  /** Bytes of each side that were read by then; undefined for what reads no stream. */
  readonly read: { readonly to_server: number; readonly to_client: number } | undefined;
  /** Number of the packet, from 1. */
  readonly packet: number;
}

const ACTIONS: Readonly<Record<number, Finding['action']>> = {
  [Packet.VERDICT_DROP]: 'drop',
  [Packet.VERDICT_REJECT]: 'reject',
};
/** Memory from which bytes are taken away as soon as the detections had them, as in the engine. */
const GONE = 0xdd;

export class Stage {
  readonly findings: Finding[] = [];
  readonly messages: string[] = [];
  /** Verdict of each packet, in their order. */
  readonly verdicts: number[] = [];
  readonly thread: StageThread;
  private modules: ThreadModule[] = [];
  private flow = -1;
  private begun = 0;
  private readonly open = new Set<number>();
  private transport: 'tcp' | 'udp' = 'tcp';
  private packets = 0;
  private time = 1_700_000_000;
  private readonly inline: boolean;

  private constructor(
    config: Config,
    private readonly detections: Detections,
    protocols: readonly Protocol[],
    inline: boolean,
  ) {
    this.inline = inline;
    const tree = { ...config.tree, 'engine-mode': inline ? 'ips' : 'ids' };
    const shared = {
      [DETECTIONS]: detections,
      [APP_PROTOCOL_NAMES]: ['unknown', ...protocols.map(({ name }) => name)],
    };
    this.thread = new StageThread(new Config(tree), shared, message => void this.messages.push(message));
  }

  static async open(
    config: Config,
    prepared: Detections,
    protocols: readonly Protocol[],
    inline: boolean,
  ): Promise<Stage> {
    const stage = new Stage(config, prepared, protocols, inline);
    stage.modules = [await app.create(stage.thread), await detections.create(stage.thread)];
    return stage;
  }

  /** Datagrams are not cut. */
  get isCut(): boolean {
    return this.transport === 'tcp';
  }

  /** Begins another flow; the one before goes on living. */
  begin(flow: FlowLine): void {
    const { row, bytes } = this.thread.flows;
    this.flow = this.begun++;
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

  pass(seconds: number): void {
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
      return () => memory.bytes.fill(GONE, at, at + data.length);
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

  /** The flow is over. */
  end(): void {
    if (!this.open.delete(this.flow)) return;
    this.packet(true, p => {
      this.thread.memory.row[p + Packet.PSEUDO] = Packet.PSEUDO_FLOW_END;
      return undefined;
    });
  }

  /** All flows are over. */
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
    row[p + Packet.PROTOCOL] = this.transport === 'tcp' ? 6 : 17;
    row[p + Packet.IP_VERSION] = 4;
    row[p + Packet.FLOW_STATE] = toServer ? Packet.FLOW_TO_SERVER : 0;
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
    for (let i = 0; i < batch.length; i++) this.note(batch.slots[i]!);
    this.thread.release(batch);
  }

  private note(event: number): void {
    const { row, bytes } = this.thread.memory;
    const e = event * Packet.INTS;
    if (row[e + Packet.PSEUDO] !== Packet.PSEUDO_EVENT || row[e + Packet.EVENT_KIND] !== EVENT_ALERT) return;
    const start = row[e + Packet.PAYLOAD]!;
    const members = Buffer.from(bytes.slice(start, start + row[e + Packet.PAYLOAD_LENGTH]!)).toString();
    const { alert } = JSON.parse(`{${members}}`) as { alert: { detection: Told } };
    const { name, message, read } = alert.detection;
    this.findings.push({
      detection: name,
      sid: this.detections.signatures[row[e + Packet.EVENT_SIGNATURE]! - FIRST_DETECTION]!.sid,
      action: ACTIONS[row[e + Packet.VERDICT]!] ?? 'alert',
      message,
      toServer: (row[e + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0,
      read,
      packet: this.packets,
    });
  }
}

interface Told {
  readonly name: string;
  readonly message?: string;
  readonly read?: Finding['read'];
}
