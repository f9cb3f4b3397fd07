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
const KEPT: ReadonlySet<string> = new Set(['http', 'smtp']);
const WANTING = ['payload', 'payload-printable', 'payload-length'];
const DEFAULT_SIZE = 4096;
const TCP = 6;
const encoder = new TextEncoder();

/** Maximum bytes that any `eve-log` output shows with an alert; 0 when none shows payloads. */
export function shownBytes(config: Config): number {
  const sizes = recordTypeSettings(config, 'alert').map(settings => {
    if (!settings || !WANTING.some(name => boolean.parse(settings.at(name)) === true)) return 0;
    return size.parse(settings.at('payload-buffer-size') ?? DEFAULT_SIZE) ?? DEFAULT_SIZE;
  });
  return Math.max(0, ...sizes);
}

export class ShownStreams {
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

  /** Notes the TCP packet at `p` and its stream data. @param toServer direction of the packet */
  take(p: number, flow: number, toServer: boolean): void {
    const { row } = this.memory;
    if (flow < 0 || row[p + Packet.PROTOCOL] !== TCP) return;
    if (row[p + Packet.PSEUDO]! <= Packet.PSEUDO_REASSEMBLED)
      this.states.sequences.notePacket(row, p, flow, toServer);
    if ((row[p + Packet.FLAGS]! & Packet.FLAG_EARLY) !== 0) this.takeEarly(p, flow, toServer);
    const length = row[p + Packet.STREAM_LENGTH]!;
    const gap = row[p + Packet.STREAM_GAP]!;
    if (length === 0 && gap === 0) return;
    const ofClient = (row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_TO_SERVER) !== 0;
    const state = this.states.of(flow).stream(ofClient);
    state.shown ??= new History();
    if (this.isOver(p, flow, state)) state.shown.restart(this.pool, state.shown.to);
    if (gap > 0) this.appendHole(state.shown, gap);
    this.append(state.shown, this.memory.bytes, row[p + Packet.STREAM_DATA]!, Math.min(length, this.most));
    state.shownEnd = (row[p + Packet.STREAM_OFFSET]! + length) >>> 0;
    const early = this.states.of(flow).knownEarly(ofClient);
    if (early?.shown) early.shown.restart(this.pool, 0);
  }

  /** Inline, a packet after a gap: shown with other data waiting there, until the gap is filled or given up. */
  private takeEarly(p: number, flow: number, toServer: boolean): void {
    const { row } = this.memory;
    const states = this.states.of(flow);
    const early = states.early(toServer);
    const start = row[p + Packet.STREAM_OFFSET]! >>> 0;
    const length = row[p + Packet.PAYLOAD_LENGTH]!;
    early.shown ??= new History();
    if (start < early.shownEnd) early.shown.restart(this.pool, 0);
    const before = early.shown.to > early.shown.from ? early.shownEnd : states.stream(toServer).shownEnd;
    if (start > before) this.appendHole(early.shown, start - before);
    this.append(early.shown, this.memory.bytes, row[p + Packet.PAYLOAD]!, Math.min(length, this.most));
    early.shownEnd = (start + length) >>> 0;
  }

  private appendHole(shown: History, length: number): void {
    const text = encoder.encode(`[${length} bytes missing]`);
    this.append(shown, text, 0, text.length);
  }

  /** All previous data was inspected, and is not kept for anything else. */
  private isOver(p: number, flow: number, state: StreamState): boolean {
    const inline = (this.memory.row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_INLINE) !== 0;
    if (inline || state.inspected === 0 || state.inspected < state.history.to) return false;
    return !this.isKept(flow);
  }

  private isKept(flow: number): boolean {
    const protocol = this.protocolOf(flow);
    return protocol === undefined || KEPT.has(protocol);
  }

  /**
   * Gathers the data an alert shows of a direction: delivered data and, where streams are kept, the current packet's
   * own data even if it is not acknowledged.
   * @returns its length in bytes, 0 when there is nothing
   */
  gather(p: number, flow: number, toServer: boolean): number {
    const states = this.states.find(flow);
    const state = states?.knownStream(toServer);
    this.history = state?.shown;
    this.held = state?.shown ? state.shown.to - state.shown.from : 0;
    this.ownLength = 0;
    const early = states?.knownEarly(toServer)?.shown;
    if (early && this.isEarly(p, toServer)) {
      this.findEarly(early);
      return this.held + this.ownLength;
    }
    if (!state?.shown) return 0;
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
    return direction === toServer && (row[p + Packet.FLAGS]! & Packet.FLAG_EARLY) !== 0;
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
    const before = (state.shownEnd + 1 + initial - row[p + Packet.TCP_SEQ]!) | 0;
    if (before < 0) return;
    this.ownBytes = this.memory.bytes;
    this.own = row[p + Packet.PAYLOAD]! + before;
    this.ownLength = Math.max(0, row[p + Packet.PAYLOAD_LENGTH]! - before);
  }

  private append(shown: History, source: Uint8Array, start: number, length: number): void {
    if (length > 0) shown.append(this.pool, source, start, length, shown.to + length - this.most);
  }
}
