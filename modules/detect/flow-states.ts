/**
 * Detection's state per flow, in the thread that inspects it: the states of its two streams, and variables
 * (flowbits, flowints). Objects are reused after their flow has ended.
 */
import type { FlowRows } from '../../engine/flow/flow-record.js';
import type { Matcher } from '../../engine/matcher.js';
import type { Subject } from './alert-queue.js';
import type { OpenTransactions } from './firewall/open-transactions.js';
import type { HistoryPool } from './history.js';
import { NumberList } from './number-list.js';
import { SequenceRanges } from './sequence-ranges.js';
import { StreamState } from './stream-state.js';
import type { DirectionState } from './transaction-state.js';

/** Maximum number of texts stored per flow. */
const MAX_TEXTS = 64;

export class FlowState {
  private toServer: StreamState | undefined;
  private toClient: StreamState | undefined;
  private earlyToServer: StreamState | undefined;
  private earlyToClient: StreamState | undefined;
  /** Flowbits by number, flowints by number: undefined while there are none. */
  bits: Set<number> | undefined;
  numbers: Map<number, number> | undefined;
  /** Captured texts by name. */
  texts: Map<string, string> | undefined;
  /** Measured numbers, by group and name. */
  measures: Map<string, Record<string, number>> | undefined;
  /** The current transaction of each direction: alerts without a transaction are logged with it. */
  subjectToServer: Subject | undefined;
  subjectToClient: Subject | undefined;
  /** Packets still to be tagged, and the state of tags. */
  tags: unknown;
  /** Directions of transactions whose growing buffers are being scanned. */
  openScans: DirectionState[] | undefined;
  /** The transactions tracked by a firewall. */
  firewall: OpenTransactions | undefined;

  /** One direction of its stream, created when there is none. */
  stream(toServer: boolean): StreamState {
    if (toServer) {
      this.toServer ??= new StreamState();
      return this.toServer;
    }
    this.toClient ??= new StreamState();
    return this.toClient;
  }

  /** One direction of its stream, undefined when it has no state. */
  knownStream(toServer: boolean): StreamState | undefined {
    return toServer ? this.toServer : this.toClient;
  }

  /** Inline, data of one direction that waits after a gap, created when there is none. */
  early(toServer: boolean): StreamState {
    if (toServer) {
      this.earlyToServer ??= new StreamState();
      return this.earlyToServer;
    }
    this.earlyToClient ??= new StreamState();
    return this.earlyToClient;
  }

  knownEarly(toServer: boolean): StreamState | undefined {
    return toServer ? this.earlyToServer : this.earlyToClient;
  }

  /** Visits those that exist. Called for each flow that ends: allocates nothing. */
  eachStream(visit: (stream: StreamState) => void): void {
    if (this.toServer) visit(this.toServer);
    if (this.toClient) visit(this.toClient);
    if (this.earlyToServer) visit(this.earlyToServer);
    if (this.earlyToClient) visit(this.earlyToClient);
  }

  /** Stores a text; above the maximum, only existing names are updated. */
  setText(name: string, text: string): void {
    this.texts ??= new Map();
    if (this.texts.has(name) || this.texts.size < MAX_TEXTS) this.texts.set(name, text);
  }
}

export class FlowStates {
  /** Exists for every TCP flow for which it is requested, also those without a state. */
  readonly sequences: SequenceRanges;
  private readonly numbers: Int32Array;
  private readonly states: FlowState[] = [new FlowState()];
  private readonly free: number[] = [];
  /** Flows that have ended, with their state: later detections may read it in the same batch. */
  private readonly ended = new NumberList();

  constructor(
    flows: FlowRows,
    private readonly pool: HistoryPool,
    private readonly matcher: Pick<Matcher, 'closeStream'>,
    private readonly transactionMatcher: Pick<Matcher, 'closeStream'>,
  ) {
    this.numbers = new Int32Array(flows.capacity);
    this.sequences = new SequenceRanges(flows);
  }

  /** The state of a flow, undefined when there is none. */
  find(flow: number): FlowState | undefined {
    const number = this.numbers[flow]!;
    return number === 0 ? undefined : this.states[number];
  }

  /** The state of a flow, created when there is none. */
  of(flow: number): FlowState {
    const number = this.numbers[flow]!;
    if (number !== 0) return this.states[number]!;
    const taken = this.free.pop() ?? this.states.push(new FlowState()) - 1;
    this.numbers[flow] = taken;
    return this.states[taken]!;
  }

  /** The flow ends: its state is kept until `releaseEnded`. */
  end(flow: number): void {
    this.ended.push(flow);
  }

  /** Called before a batch: none of its packets belongs to a flow that ended earlier. */
  releaseEnded(): void {
    for (let i = 0; i < this.ended.length; i++) this.release(this.ended.values[i]!);
    this.ended.clear();
  }

  private release(flow: number): void {
    this.sequences.forget(flow);
    const number = this.numbers[flow]!;
    if (number === 0) return;
    const state = this.states[number]!;
    state.eachStream(this.closeStream);
    for (const body of state.openScans ?? []) body.close(this.transactionMatcher);
    state.openScans = undefined;
    state.bits = undefined;
    state.numbers = undefined;
    state.texts = undefined;
    state.measures = undefined;
    state.tags = undefined;
    state.firewall = undefined;
    state.subjectToServer = undefined;
    state.subjectToClient = undefined;
    this.numbers[flow] = 0;
    this.free.push(number);
  }

  /** A direction of a transaction is being scanned: if it never completes, it ends with its flow. */
  addOpenScan(flow: number, body: DirectionState): void {
    const state = this.of(flow);
    state.openScans ??= [];
    if (!state.openScans.includes(body)) state.openScans.push(body);
  }

  /** It is complete. */
  removeOpenScan(flow: number, body: DirectionState): void {
    const bodies = this.find(flow)?.openScans;
    const at = bodies ? bodies.indexOf(body) : -1;
    if (at >= 0) bodies!.splice(at, 1);
  }

  /** Releases the resources of a direction. */
  readonly closeStream = (stream: StreamState): void => {
    if (stream.scanner !== 0) this.matcher.closeStream(stream.scanner);
    stream.history.restart(this.pool, 0);
    stream.alertData?.release(this.pool);
    stream.releaseBeforeGap(this.pool);
    stream.reset();
  };

  /** Applies new signature numbers after a reload. */
  renumber(numbers: Int32Array): void {
    for (const state of this.states) {
      state.eachStream(stream => stream.renumber(numbers));
      state.firewall?.renumber(numbers);
    }
  }

  /** Ends streams over these databases, whose numbers are reused: an idle stream would run on another database. */
  closeScannersOf(numbers: ReadonlySet<number>): void {
    if (numbers.size === 0) return;
    for (const state of this.states)
      state.eachStream(stream => {
        if (stream.scanner === 0 || !numbers.has(stream.database)) return;
        this.matcher.closeStream(stream.scanner);
        stream.scanner = 0;
      });
  }

  /** Frees everything. */
  close(): void {
    // Flows without a state may have entries among the sequences: these are no longer read.
    for (let flow = 0; flow < this.numbers.length; flow++) if (this.numbers[flow] !== 0) this.release(flow);
  }
}
