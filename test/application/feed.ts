/**
 * Feeds conversations to the application layer as the stream module would, and records what it reports to detection and
 * outputs.
 *
 *     const feed = new Feed([protocol]);
 *     feed.client('GET / HTTP/1.1\r\n\r\n');
 *     feed.server('HTTP/1.1 200 OK\r\n\r\n');
 *     feed.end();
 *     feed.updates; feed.records; feed.events('anomaly')
 */
import {
  allocateExpectations,
  EXPECTATIONS,
  type Expectation,
  Expectations,
} from '../../engine/application/expectations.js';
import { APPLICATION_EVENT_NAMES, FIRST_APPLICATION_EVENT } from '../../engine/application/packet-events.js';
import type { ClosedFile, TransactionUpdate } from '../../engine/application-layer.js';
import { Batch } from '../../engine/batch.js';
import type { ConfigTree } from '../../engine/config/config.js';
import { EVENT_ANOMALY, EVENT_FRAME, EVENT_TRANSACTION } from '../../engine/event.js';
import * as Flow from '../../engine/flow/flow-record.js';
import { Frame } from '../../engine/frames/frame.js';
import * as Packet from '../../engine/packet.js';
import type { Protocol, Transaction } from '../../engine/protocol.js';
import { Application } from '../../modules/app.js';
import { type StubThread, stubThread } from '../thread-stub.js';

export interface FeedOptions {
  config?: ConfigTree;
  serverPort?: number;
  transport?: 'tcp' | 'udp';
  /** Data is inspected with the packet that brings it. */
  inline?: boolean;
  /** Origin of packets with data: one of the PSEUDO_ constants, by default from the wire. */
  pseudo?: number;
}

export class Feed {
  readonly thread: StubThread;
  readonly application: Application;
  readonly updates: TransactionUpdate[] = [];
  readonly files: ClosedFile[] = [];
  /** Frames that were reported. */
  readonly frames = new Set<Frame>();
  /** Members of the frame records, parsed. */
  readonly frameRecords: Record<string, any>[] = [];
  /** Members of the transaction records, parsed. */
  readonly records: Record<string, any>[] = [];
  readonly anomalies: Record<string, any>[] = [];
  /** Names of the application layer's packet events. */
  readonly packetEvents = new Set<string>();
  /** For each packet with data: whether detection inspects it. */
  readonly inspected: boolean[] = [];
  private readonly transport: 'tcp' | 'udp';
  private readonly pseudo: number;
  private waiting: Batch | undefined;

  constructor(
    protocols: readonly Protocol<any>[],
    {
      config = {},
      serverPort = 80,
      transport = 'tcp',
      inline = false,
      pseudo = Packet.PSEUDO_NONE,
    }: FeedOptions = {},
  ) {
    const mode = inline ? { 'engine-mode': 'ips' } : {};
    const shared = { [EXPECTATIONS]: allocateExpectations() };
    this.thread = stubThread({ config: { ...mode, ...config }, shared, bytes: 16 << 20, slots: 4096 });
    this.application = new Application(this.thread, protocols as readonly Protocol[]);
    this.transport = transport;
    this.pseudo = pseudo;
    const { row } = this.thread.flows;
    row.set([0x0100000a, 0, 0, 0, 0x0200000a, 0, 0, 0, 40000, serverPort], 0);
    row[Flow.PROTOCOL] = transport === 'tcp' ? 6 : 17;
    row[Flow.IP_VERSION] = 4;
  }

  /** An expectation set by another flow, before the first packet of this one. */
  expect(expectation: Expectation, port: number): this {
    const memory = this.thread.shared[EXPECTATIONS] as SharedArrayBuffer;
    new Expectations(memory).add(
      Uint8Array.of(10, 0, 0, 1),
      Uint8Array.of(10, 0, 0, 2),
      port,
      0,
      expectation,
    );
    return this;
  }

  client(data: string | Uint8Array): this {
    return this.data(true, data);
  }

  server(data: string | Uint8Array): this {
    return this.data(false, data);
  }

  /** A gap: bytes of a direction that were lost for good. */
  gap(toServer: boolean, missing: number): this {
    return this.packet(toServer, p => {
      this.thread.memory.row[p + Packet.STREAM_GAP] = missing;
    });
  }

  /** FIN or RST of one direction. */
  close(toServer: boolean, reset = false): this {
    return this.packet(toServer, p => {
      this.thread.memory.row[p + Packet.STREAM_FLAGS]! |= reset ? Packet.STREAM_RESET : Packet.STREAM_END;
    });
  }

  /** Further data of the direction is beyond its depth. */
  cut(toServer: boolean): this {
    return this.packet(toServer, p => {
      this.thread.memory.row[p + Packet.STREAM_FLAGS]! |= Packet.STREAM_DEPTH | Packet.STREAM_END;
    });
  }

  /** The end of the flow. */
  end(): this {
    return this.packet(true, p => {
      this.thread.memory.row[p + Packet.PSEUDO] = Packet.PSEUDO_FLOW_END;
    });
  }

  /** Sends `data` in pieces whose lengths come from `next`. */
  pieces(toServer: boolean, data: string | Uint8Array, next: () => number): this {
    const bytes = asBytes(data);
    for (let at = 0; at < bytes.length; ) {
      const length = Math.max(1, next());
      this.data(toServer, bytes.subarray(at, at + length));
      at += length;
    }
    return this;
  }

  flow(column: number): number {
    return this.thread.flows.row[column]!;
  }

  /** Transactions, in the order in which they were first reported. */
  get transactions(): Transaction[] {
    return [...new Set(this.updates.map(update => update.transaction))];
  }

  /** Names of the events of all transactions. */
  get events(): string[] {
    return this.anomalies.map(({ anomaly }) => anomaly.event);
  }

  private data(toServer: boolean, data: string | Uint8Array): this {
    const bytes = asBytes(data);
    // A segment holds at most what fits into a packet.
    for (let at = 0; at < bytes.length; at += 65000) this.piece(toServer, bytes.subarray(at, at + 65000));
    return this;
  }

  private piece(toServer: boolean, bytes: Uint8Array): void {
    this.packet(toServer, (p, slot) => {
      const { row } = this.thread.memory;
      const offset = this.thread.pool.allocate(slot, bytes.length);
      this.thread.memory.bytes.set(bytes, offset);
      row[p + Packet.PSEUDO] = this.pseudo;
      row[p + (this.transport === 'tcp' ? Packet.STREAM_DATA : Packet.PAYLOAD)] = offset;
      row[p + (this.transport === 'tcp' ? Packet.STREAM_LENGTH : Packet.PAYLOAD_LENGTH)] = bytes.length;
    });
  }

  /** Sends several pieces in one batch. */
  atOnce(pieces: readonly (readonly [toServer: boolean, data: string | Uint8Array])[]): this {
    const batch = new Batch();
    this.waiting = batch;
    for (const [toServer, data] of pieces) this.data(toServer, data);
    this.waiting = undefined;
    this.application.process(batch);
    this.note(batch);
    return this;
  }

  private packet(toServer: boolean, fill: (p: number, slot: number) => void): this {
    const { thread } = this;
    const slot = thread.pool.take();
    const p = slot * Packet.INTS;
    const { row } = thread.memory;
    row[p + Packet.FLOW] = 0;
    row[p + Packet.PROTOCOL] = this.transport === 'tcp' ? 6 : 17;
    row[p + Packet.FLOW_STATE] = toServer ? Packet.FLOW_TO_SERVER : 0;
    row[p + Packet.STREAM_FLAGS] = toServer ? Packet.STREAM_TO_SERVER : 0;
    fill(p, slot);
    if (this.waiting) {
      this.waiting.push(slot);
      return this;
    }
    const batch = new Batch();
    batch.push(slot);
    this.application.process(batch);
    this.note(batch);
    return this;
  }

  private note(batch: Batch): void {
    for (const update of this.application.updates) {
      if (update.transaction instanceof Frame) this.frames.add(update.transaction);
      else this.updates.push(update);
    }
    this.files.push(...this.application.closedFiles);
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      const pseudo = this.thread.field(slot, Packet.PSEUDO);
      if (pseudo === Packet.PSEUDO_NONE)
        this.inspected.push((this.thread.field(slot, Packet.FLAGS) & Packet.FLAG_NO_INSPECTION) === 0);
      for (const [j, name] of APPLICATION_EVENT_NAMES.entries())
        if (this.hasEvent(slot, FIRST_APPLICATION_EVENT + j)) this.packetEvents.add(name);
      if (pseudo !== Packet.PSEUDO_EVENT) continue;
      const members = JSON.parse(`{${Buffer.from(this.thread.payload(slot), 'latin1').toString()}}`);
      const kind = this.thread.field(slot, Packet.EVENT_KIND);
      if (kind === EVENT_TRANSACTION) this.records.push(members);
      if (kind === EVENT_FRAME) this.frameRecords.push(members['frame']);
      if (kind === EVENT_ANOMALY) this.anomalies.push(members);
    }
    this.thread.releaseBatch(batch);
  }

  private hasEvent(slot: number, event: number): boolean {
    return Packet.hasEvent(this.thread.memory.row, slot * Packet.INTS, event);
  }
}

export function asBytes(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
}
