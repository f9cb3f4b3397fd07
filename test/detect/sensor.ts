/**
 * A sensor for tests: rules as text, packets as rows whose fields tests set, alerts as `sid@packet`.
 *
 *     const sensor = await sensorFor('alert udp any any -> any any (content:"abc"; sid:1;)');
 *     expect(sensor.see(udpPacket('xxabcxx'))).toEqual(['1@1']);
 */

import type { ApplicationLayer } from '../../engine/application-layer.js';
import { Batch } from '../../engine/batch.js';
import type { ConfigTree } from '../../engine/config/config.js';
import { Config } from '../../engine/config/config.js';
import * as Flow from '../../engine/flow/flow-record.js';
import { openMatcher } from '../../engine/matcher/open.js';
import type { MatcherKind } from '../../engine/matcher.js';
import type { ThreadModule } from '../../engine/module.js';
import { native } from '../../engine/native.js';
import * as Packet from '../../engine/packet.js';
import type { Protocol } from '../../engine/protocol.js';
import detect from '../../modules/detect.js';
import {
  compileOptionsFrom,
  compileRules,
  type RuleSetImage,
  releaseUnused,
  signatureAt,
} from '../../signatures/compile.js';
import { loadRuleText } from '../../signatures/load-rules.js';
import { type StubThread, stubThread } from '../thread-stub.js';

export interface SensorOptions {
  readonly config?: ConfigTree;
  readonly matcher?: MatcherKind;
  readonly layer?: ApplicationLayer;
  /** Firewall rules; enables the firewall. */
  readonly firewall?: string;
}

/** Matchers that can be tested on this machine. */
export const MATCHERS: readonly MatcherKind[] = native()?.versions['hyperscan']
  ? ['qgram', 'hyperscan']
  : ['qgram'];

export const CLIENT = 0x0a000001;
export const SERVER = 0x0a000002;

/** Properties of a packet in tests; all have defaults. */
export interface PacketSketch {
  readonly payload?: string;
  readonly protocol?: number;
  /** Number of the flow, -1 for none. */
  readonly flow?: number;
  readonly toServer?: boolean;
  readonly established?: boolean;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly source?: number;
  readonly destination?: number;
  readonly flags?: number;
  readonly tcpFlags?: number;
  readonly pseudo?: number;
  readonly events?: readonly number[];
  readonly seconds?: number;
  readonly nanoseconds?: number;
  /** Called with the slots of the packets before the batch is run. */
  readonly withSlots?: (slots: readonly number[]) => void;
  /** Stream data that becomes available with the packet. */
  readonly stream?: {
    readonly data?: string;
    readonly toServer?: boolean;
    readonly flags?: number;
    readonly gap?: number;
  };
}

export const udp = (payload: string, rest: PacketSketch = {}): PacketSketch => ({
  protocol: 17,
  payload,
  ...rest,
});
export const tcp = (rest: PacketSketch = {}): PacketSketch => ({
  protocol: 6,
  flow: 1,
  established: true,
  ...rest,
});

/** Data inspected inline: the packet's own, in the stream. */
export const inline = (data: string, rest: PacketSketch = {}): PacketSketch =>
  tcp({
    payload: data,
    flags: Packet.FLAG_IN_STREAM,
    ...rest,
    stream: {
      data,
      toServer: rest.toServer ?? true,
      flags: Packet.STREAM_INLINE | (rest.stream?.flags ?? 0),
      gap: rest.stream?.gap,
    },
  });

export const flowEnd = (flow = 1): PacketSketch => ({ protocol: 6, flow, pseudo: Packet.PSEUDO_FLOW_END });

export class Sensor {
  private numbers = 0;
  private readonly flowsBegun = new Set<number>();

  constructor(
    readonly thread: StubThread,
    public image: RuleSetImage,
    private readonly module: ThreadModule,
    private readonly options: SensorOptions,
  ) {
    // Offset 0 means "no such header": no packet may be there.
    thread.pool.allocate(thread.pool.take(), 8);
  }

  /** Runs the packets as one batch. @returns alerts as `sid@number of the packet`, in order */
  see(...packets: PacketSketch[]): string[] {
    return this.run(packets).alerts;
  }

  /** Runs the packets as one batch. */
  run(packets: readonly PacketSketch[]): { alerts: string[]; verdicts: number[] } {
    const batch = new Batch();
    const slots = packets.map(sketch => this.add(batch, sketch));
    for (const sketch of packets) sketch.withSlots?.(slots);
    this.module.process(batch);
    const alerts: string[] = [];
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      if (this.thread.field(slot, Packet.EVENT_KIND) === 1) alerts.push(this.nameOf(slot));
    }
    const verdicts = slots.map(slot => this.thread.field(slot, Packet.VERDICT));
    this.thread.releaseBatch(batch);
    return { alerts, verdicts };
  }

  /** Replaces the rules between two batches. */
  reload(rules: string, firewall = this.options.firewall): void {
    const before = this.image;
    this.image = imageOf(rules, this.thread, { ...this.options, firewall }, before);
    this.module.reload?.({ rules: this.image });
    releaseUnused(openMatcher(this.thread.memory, this.options.matcher ?? 'auto'), before, this.image);
  }

  close(): void {
    this.module.close?.();
  }

  private nameOf(event: number): string {
    const signature = signatureAt(this.image, this.thread.field(event, Packet.EVENT_SIGNATURE));
    return `${signature.sid}@${this.thread.field(event, Packet.NUMBER)}`;
  }

  private add(batch: Batch, sketch: PacketSketch): number {
    const { memory, pool } = this.thread;
    const slot = pool.take();
    if (slot < 0) throw new Error('no slots left');
    const p = slot * Packet.INTS;
    const { row } = memory;
    const toServer = sketch.toServer ?? true;
    const [sourcePort, destinationPort] = [
      sketch.sourcePort ?? (toServer ? 40000 : 80),
      sketch.destinationPort ?? (toServer ? 80 : 40000),
    ];
    const addresses = [
      sketch.source ?? (toServer ? CLIENT : SERVER),
      sketch.destination ?? (toServer ? SERVER : CLIENT),
    ];
    const header = Buffer.alloc(20);
    header.writeUInt32BE(addresses[0]!, 12);
    header.writeUInt32BE(addresses[1]!, 16);
    const payload = Buffer.from(sketch.payload ?? '', 'latin1');
    const data = Buffer.from(sketch.stream?.data ?? '', 'latin1');
    const offset = pool.allocate(slot, 20 + payload.length + data.length + 1);
    memory.bytes.set(header, offset);
    memory.bytes.set(payload, offset + 20);
    memory.bytes.set(data, offset + 20 + payload.length);
    const isWire = (sketch.pseudo ?? 0) < Packet.PSEUDO_STREAM;
    row[p + Packet.NUMBER] = isWire ? ++this.numbers : 0;
    row[p + Packet.SECONDS] = sketch.seconds ?? 1700000000;
    row[p + Packet.NANOSECONDS] = sketch.nanoseconds ?? 0;
    row[p + Packet.PSEUDO] = sketch.pseudo ?? 0;
    row[p + Packet.IP_VERSION] = 4;
    row[p + Packet.PROTOCOL] = sketch.protocol ?? 6;
    row[p + Packet.L3] = isWire ? offset : 0;
    row[p + Packet.PAYLOAD] = offset + 20;
    row[p + Packet.PAYLOAD_LENGTH] = payload.length;
    row[p + Packet.SOURCE_PORT] = sourcePort;
    row[p + Packet.DESTINATION_PORT] = destinationPort;
    row[p + Packet.TCP_FLAGS] = sketch.tcpFlags ?? 0x10;
    row[p + Packet.FLAGS] = sketch.flags ?? 0;
    row[p + Packet.FLOW] = sketch.flow ?? -1;
    row[p + Packet.FLOW_STATE] =
      (toServer ? Packet.FLOW_TO_SERVER : 0) | (sketch.established ? Packet.FLOW_ESTABLISHED : 0);
    for (const event of sketch.events ?? []) Packet.setEvent(row, p, event);
    if (sketch.stream) {
      row[p + Packet.STREAM_DATA] = offset + 20 + payload.length;
      row[p + Packet.STREAM_LENGTH] = data.length;
      row[p + Packet.STREAM_GAP] = sketch.stream.gap ?? 0;
      row[p + Packet.STREAM_FLAGS] =
        (sketch.stream.flags ?? 0) | ((sketch.stream.toServer ?? true) ? Packet.STREAM_TO_SERVER : 0);
    }
    if (sketch.flow !== undefined && sketch.flow >= 0) this.beginFlow(sketch.flow, sketch.protocol ?? 6);
    batch.push(slot);
    return slot;
  }

  private beginFlow(flow: number, protocol: number): void {
    if (this.flowsBegun.has(flow)) return;
    this.flowsBegun.add(flow);
    const { row, bytes } = this.thread.flows;
    const f = flow * Flow.INTS;
    row[f + Flow.IP_VERSION] = 4;
    row[f + Flow.PROTOCOL] = protocol;
    row[f + Flow.CLIENT_PORT] = 40000;
    row[f + Flow.SERVER_PORT] = 80;
    const view = new DataView(bytes.buffer);
    view.setUint32((f + Flow.CLIENT_ADDRESS) * 4, CLIENT);
    view.setUint32((f + Flow.SERVER_ADDRESS) * 4, SERVER);
  }
}

/** Inline, a packet is inspected with at most a third of its length of preceding data. */
export const SMALL_CHUNKS: ConfigTree = { stream: { reassembly: { 'toserver-chunk-size': 1 } } };

export async function sensorFor(rules: string, options: SensorOptions = {}): Promise<Sensor> {
  const thread = stubThread({ config: configOf(options) });
  const image = imageOf(rules, thread, options);
  thread.shared.rules = image;
  if (options.layer) thread.services.set('application-layer', options.layer);
  return new Sensor(thread, image, await detect.create(thread), options);
}

function configOf(options: SensorOptions): ConfigTree {
  return {
    ...(options.firewall !== undefined && { 'engine-mode': 'ips', firewall: { enabled: true } }),
    ...options.config,
  };
}

/** @throws Error with the first error of the rules */
function imageOf(
  rules: string,
  thread: StubThread,
  options: SensorOptions,
  previous?: RuleSetImage,
): RuleSetImage {
  const config = new Config(configOf(options));
  const protocols: readonly Protocol[] = options.layer?.protocols ?? [];
  const ruleSet = loadRuleText(rules, 'test.rules', { config, protocols }, options.firewall);
  const problem = ruleSet.errors[0]?.message ?? ruleSet.unsupported[0]?.reason;
  if (problem) throw new Error(problem);
  const matcher = openMatcher(thread.memory, options.matcher ?? 'auto');
  return compileRules(ruleSet, matcher, {
    ...compileOptionsFrom(config, protocols),
    ...(previous && { previous }),
  });
}
