/**
 * The reassembled stream as inspected by signatures: which data is kept, when it is inspected, and by which
 * signatures.
 *
 * Every byte is scanned for patterns once, on arrival. A signature whose pattern was found stays a candidate
 * until it matches or its pattern has left the history, so that its other contents may arrive later.
 */
import type { Memory } from '../../engine/memory.js';
import * as Packet from '../../engine/packet.js';
import type { GroupRules } from '../../signatures/compile/image.js';
import type { Inspection } from '../../signatures/inspection.js';
import { DataBeforeGap } from './data-before-gap.js';
import type { History, HistoryPool } from './history.js';
import type { NumberList } from './number-list.js';
import { allHold, type Rule, setBuffer } from './rule.js';
import type { Scan } from './scan.js';
import type { StreamState } from './stream-state.js';

/** Maximum pieces between gaps that wait for inspection; data before further gaps is not inspected. */
const MAX_GAPS = 256;

const ENDS = Packet.STREAM_END | Packet.STREAM_RESET | Packet.STREAM_DEPTH;

export class StreamInspection {
  private readonly row: Int32Array;

  constructor(
    private readonly memory: Memory,
    private readonly pool: HistoryPool,
    private readonly scan: Scan,
    private readonly chunks: { readonly toServer: number; readonly toClient: number },
    private readonly lost: (bytes: number) => void,
  ) {
    this.row = memory.row;
  }

  /**
   * Adds the stream data of a packet, and the candidates of its scan.
   * @param job of the scan, -1 when there was none
   */
  take(state: StreamState, p: number, job: number, group: GroupRules): void {
    const { row } = this;
    const { history } = state;
    const gap = row[p + Packet.STREAM_GAP]!;
    const length = row[p + Packet.STREAM_LENGTH]!;
    const flags = row[p + Packet.STREAM_FLAGS]!;
    if (gap > 0) {
      this.setAside(state);
      this.skipGap(state, gap);
    }
    if (length > 0) {
      if ((flags & Packet.STREAM_INLINE) !== 0)
        this.openWindow(state, (flags & Packet.STREAM_TO_SERVER) !== 0, length);
      const keep = Math.min(state.inspected, history.to) - reachIn(state, group);
      if (!history.append(this.pool, this.memory.bytes, row[p + Packet.STREAM_DATA]!, length, keep))
        this.lost(length);
      if (job >= 0) this.scan.read(job, state.candidates, state.ends);
    }
    if ((flags & (Packet.STREAM_FLUSH | ENDS)) !== 0) state.flush = true;
    if ((flags & ENDS) !== 0) state.ended = true;
  }

  /**
   * Inline, adds the payload of a packet that waits after a gap, if it continues the data before it.
   * @param job of the scan, -1 when there was none
   */
  takeEarly(state: StreamState, p: number, job: number, group: GroupRules): void {
    const { row } = this;
    const { history } = state;
    const position = row[p + Packet.STREAM_OFFSET]! >>> 0;
    const length = row[p + Packet.PAYLOAD_LENGTH]!;
    if (history.to !== position) this.skipGap(state, position - history.to);
    this.openWindow(state, (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0, length);
    const keep = history.to - reachIn(state, group);
    if (!history.append(this.pool, this.memory.bytes, row[p + Packet.PAYLOAD]!, length, keep))
      this.lost(length);
    if (job >= 0) this.scan.read(job, state.candidates, state.ends);
    state.flush = true;
  }

  /** Bytes of a direction that are accumulated in IDS mode, and inspected together inline. */
  chunk(toServer: boolean): number {
    return toServer ? this.chunks.toServer : this.chunks.toClient;
  }

  private openWindow(state: StreamState, toServer: boolean, length: number): void {
    state.window = windowOf(this.chunk(toServer), length);
  }

  /** The gap before it was filled, or given up: what matched in it does not match again. */
  takeOver(state: StreamState, early: StreamState): void {
    const { history } = early;
    if (history.to === 0 || state.history.to < history.from) return;
    early.moveMatches(state);
    if (state.history.to < history.to) return;
    early.moveCandidates(state);
    this.skipGap(early, 0);
  }

  /**
   * Frees what a direction holds when no more data follows and all of it was inspected: flows stay in the table
   * long after that. Call it after the packet was inspected: its transactions use the stream as well.
   */
  releaseIfFinished(state: StreamState | undefined): void {
    if (!state?.ended) return;
    const { history } = state;
    if (state.inspected < history.to) return;
    history.restart(this.pool, history.to);
    if (state.scanner !== 0) this.scan.closeStream(state.scanner);
    state.scanner = 0;
  }

  /** Data before a gap that was not inspected yet is inspected together with the data after it. */
  private setAside(state: StreamState): void {
    const older = state.beforeGap;
    if (state.inspected >= state.history.to || (older?.number ?? 0) >= MAX_GAPS) return;
    const aside = new DataBeforeGap(older?.inspected ?? state.inspected, older);
    state.history.moveTo(aside.history);
    aside.addCandidates(state.candidates);
    state.beforeGap = aside;
  }

  /** Bytes are missing: the data after them is not contiguous with the data before. */
  private skipGap(state: StreamState, gap: number): void {
    state.history.restart(this.pool, state.history.to + gap);
    state.inspected = state.history.to;
    state.candidates.clear();
    state.ends.clear();
  }

  /** Whether there is uninspected data that is due for inspection. */
  isReady(state: StreamState, chunk: number): boolean {
    const waiting = state.history.to - (state.beforeGap?.inspected ?? state.inspected);
    return waiting > 0 && (state.flush || waiting >= chunk);
  }

  /** Whether the payload conditions hold in the data kept: each piece between gaps is inspected by itself. */
  holds(state: StreamState, rule: Rule, at: Inspection): boolean {
    const matched = state.mayMatchFrom(rule.number);
    for (let data = state.beforeGap; data; data = data.older) {
      if (holdsIn(data.history, matched, rule, at)) return allHold(rule.headers, at);
    }
    return holdsIn(state.history, matched, rule, at) && allHold(rule.headers, at);
  }

  /**
   * All candidates were evaluated.
   * @param settled candidates that matched, or whose other conditions did not hold
   */
  inspected(state: StreamState, settled: NumberList, reach: number): void {
    const { history, candidates, ends } = state;
    state.inspected = history.to;
    state.flush = false;
    state.releaseBeforeGap(this.pool);
    const oldest = history.to - reach;
    let kept = 0;
    for (let i = 0; i < candidates.length; i++) {
      const signature = candidates.values[i]!;
      if (ends.values[i]! <= oldest || contains(settled, signature)) continue;
      candidates.values[kept] = signature;
      ends.values[kept++] = ends.values[i]!;
    }
    candidates.length = kept;
    ends.length = kept;
  }
}

/** How far back signatures inspect; inline, those that matched inspect the whole window. */
function reachIn({ hasMatched, window }: StreamState, { reach }: GroupRules): number {
  return hasMatched ? Math.max(reach, window) : reach;
}

/** Bytes inspected inline with a packet of `length` bytes: a chunk, or the packet plus a third of either. */
function windowOf(chunk: number, length: number): number {
  if (chunk <= length) return length + Math.trunc(length / 3);
  const third = Math.trunc(chunk / 3);
  return 2 * third < length ? length + third : chunk;
}

function holdsIn(history: History, matched: number, rule: Rule, at: Inspection): boolean {
  const start = Math.max(history.from, matched);
  if (start >= history.to) return false;
  const first = history.indexOf(start);
  const last = first + history.to - start;
  for (let i = 0; i < rule.payload.length; i++) {
    // The data so far is treated as complete: its end is the end that `endswith` and `isdataat` refer to.
    setBuffer(at, history.bytes, first, last, start === 0, true);
    at.position = start;
    if (!rule.payload[i]!(at)) return false;
  }
  return true;
}

function contains(list: NumberList, value: number): boolean {
  for (let i = 0; i < list.length; i++) {
    if (list.values[i] === value) return true;
  }
  return false;
}
