/**
 * Stream data shown in alerts (`payload` of EVE): the latest data and, as far as there is room, the data before it.
 * Gaps are marked: `[4 bytes missing]`. Kept only when an output shows payloads.
 */
import type { Config } from '../../engine/config/config.js';
import { boolean, size } from '../../engine/config/option.js';
import { recordTypeSettings } from '../../engine/config/output-list.js';
import type { Memory } from '../../engine/memory.js';
import * as Packet from '../../engine/packet.js';
import type { FlowStates } from './flow-states.js';
import { History, type HistoryPool } from './history.js';
import type { StreamState } from './stream-state.js';

/** Protocols whose streams are kept after inspection, because growing bodies are inspected repeatedly. */
const KEPT_PROTOCOLS: ReadonlySet<string> = new Set(['http', 'smtp']);
const PAYLOAD_OPTIONS = ['payload', 'payload-printable', 'payload-length'];
const DEFAULT_SIZE = 4096;
const TCP = 6;
const encoder = new TextEncoder();

/** Maximum bytes that any `eve-log` output shows with an alert; 0 when none shows payloads. */
export function alertStreamDataSize(config: Config): number {
  const sizes = recordTypeSettings(config, 'alert').map(settings => {
    if (!settings || !PAYLOAD_OPTIONS.some(name => boolean.parse(settings.at(name)) === true)) return 0;
    return size.parse(settings.at('payload-buffer-size') ?? DEFAULT_SIZE) ?? DEFAULT_SIZE;
  });
  return Math.max(0, ...sizes);
}

export class AlertStreamData {
  /** Result of `gather`: the end of the history of a direction, and bytes that are not in it yet. */
  private history: History | undefined;
  private held = 0;
  private ownBytes: Uint8Array;
  private own = 0;
  private ownLength = 0;

  /**
   * @param most bytes kept per direction, unless one delivery is larger
   * @param protocolOf name of a flow's protocol, if known
   */
  constructor(
    private readonly memory: Memory,
    private readonly states: FlowStates,
    private readonly pool: HistoryPool,
    private readonly most: number,
    private readonly protocolOf: (flow: number) => string | undefined,
  ) {
    this.ownBytes = memory.bytes;
  }

  /** Keeps the stream data of the TCP packet at `p`. @param toServer direction of the packet */
  addPacket(p: number, flow: number, toServer: boolean): void {
    const { row } = this.memory;
    if (flow < 0 || row[p + Packet.PROTOCOL] !== TCP) return;
    if ((row[p + Packet.FLAGS]! & Packet.FLAG_AFTER_GAP) !== 0) this.addEarly(p, flow, toServer);
    const length = row[p + Packet.STREAM_LENGTH]!;
    const gap = row[p + Packet.STREAM_GAP]!;
    if (length === 0 && gap === 0) return;
    const ofClient = (row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_TO_SERVER) !== 0;
    const state = this.states.of(flow).stream(ofClient);
    state.alertData ??= new History();
    if (this.isFinished(p, flow, state)) state.alertData.restart(this.pool, state.alertData.to);
    if (gap > 0) this.appendGapMarker(state.alertData, gap);
    this.append(
      state.alertData,
      this.memory.bytes,
      row[p + Packet.STREAM_DATA]!,
      Math.min(length, this.most),
    );
    state.alertDataEnd = (row[p + Packet.STREAM_OFFSET]! + length) >>> 0;
    const early = this.states.of(flow).knownEarly(ofClient);
    if (early?.alertData) early.alertData.restart(this.pool, 0);
  }

  /** Inline, a packet after a gap: shown with other data waiting there, until the gap is filled or given up. */
  private addEarly(p: number, flow: number, toServer: boolean): void {
    const { row } = this.memory;
    const states = this.states.of(flow);
    const early = states.early(toServer);
    const start = row[p + Packet.STREAM_OFFSET]! >>> 0;
    const length = row[p + Packet.PAYLOAD_LENGTH]!;
    early.alertData ??= new History();
    if (start < early.alertDataEnd) early.alertData.restart(this.pool, 0);
    const before =
      early.alertData.to > early.alertData.from ? early.alertDataEnd : states.stream(toServer).alertDataEnd;
    if (start > before) this.appendGapMarker(early.alertData, start - before);
    this.append(early.alertData, this.memory.bytes, row[p + Packet.PAYLOAD]!, Math.min(length, this.most));
    early.alertDataEnd = (start + length) >>> 0;
  }

  private appendGapMarker(shown: History, length: number): void {
    const text = encoder.encode(`[${length} bytes missing]`);
    this.append(shown, text, 0, text.length);
  }

  /** All previous data was inspected, and is not kept for anything else. */
  private isFinished(p: number, flow: number, state: StreamState): boolean {
    const inline = (this.memory.row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_INLINE) !== 0;
    if (inline || state.inspected === 0 || state.inspected < state.history.to) return false;
    return !this.isKept(flow);
  }

  private isKept(flow: number): boolean {
    const protocol = this.protocolOf(flow);
    return protocol === undefined || KEPT_PROTOCOLS.has(protocol);
  }

  /**
   * Gathers the data an alert shows of a direction: delivered data and, where streams are kept, the current packet's
   * own data even if it is not acknowledged.
   * @returns its length in bytes, 0 when there is nothing
   */
  gather(p: number, flow: number, toServer: boolean): number {
    const states = this.states.find(flow);
    const state = states?.knownStream(toServer);
    this.history = state?.alertData;
    this.held = state?.alertData ? state.alertData.to - state.alertData.from : 0;
    this.ownLength = 0;
    const early = states?.knownEarly(toServer)?.alertData;
    if (early && this.isEarly(p, toServer)) {
      this.findEarly(early);
      return this.held + this.ownLength;
    }
    if (!state?.alertData) return 0;
    if (this.isKept(flow)) this.findOwn(p, flow, toServer, state);
    this.ownLength = Math.min(this.ownLength, Math.max(0, this.most - this.held));
    return this.held + this.ownLength;
  }

  /** Writes the gathered data to `target` from `at` on. */
  write(target: Uint8Array, at: number): void {
    const { history, held, own, ownLength } = this;
    if (history && held > 0) {
      const first = history.indexOf(history.to - held);
      target.set(history.bytes.subarray(first, first + held), at);
    }
    target.set(this.ownBytes.subarray(own, own + ownLength), at + held);
  }

  private isEarly(p: number, toServer: boolean): boolean {
    const { row } = this.memory;
    const direction = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    return direction === toServer && (row[p + Packet.FLAGS]! & Packet.FLAG_AFTER_GAP) !== 0;
  }

  /** Data waiting after a gap is the latest: it takes precedence over the data before the gap. */
  private findEarly(early: History): void {
    this.ownBytes = early.bytes;
    this.own = early.indexOf(early.from);
    this.ownLength = early.to - early.from;
    this.held = Math.min(this.held, Math.max(0, this.most - this.ownLength));
  }

  private findOwn(p: number, flow: number, toServer: boolean, state: StreamState): void {
    const { row } = this.memory;
    const direction = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    if (direction !== toServer || (row[p + Packet.FLAGS]! & Packet.FLAG_IN_STREAM) === 0) return;
    const initial = this.states.sequences.initial(flow, toServer);
    const before = (state.alertDataEnd + 1 + initial - row[p + Packet.TCP_SEQ]!) | 0;
    if (before < 0) return;
    this.ownBytes = this.memory.bytes;
    this.own = row[p + Packet.PAYLOAD]! + before;
    this.ownLength = Math.max(0, row[p + Packet.PAYLOAD_LENGTH]! - before);
  }

  private append(shown: History, source: Uint8Array, start: number, length: number): void {
    if (length > 0) shown.append(this.pool, source, start, length, shown.to + length - this.most);
  }
}
