/**
 * The application layer: recognises the protocol of each flow, runs its parser over the flow's two streams (or its
 * datagrams), and tells detection, in packet order, what became visible in which transaction.
 */
import { enabling, loadProtocols, PROTOCOL_OPTIONS } from '../engine/application/load-protocols.js';
import * as Event from '../engine/application/packet-events.js';
import { RECOGNITION_OPTIONS, Recogniser, type Transport } from '../engine/application/recognition.js';
import type { Session } from '../engine/application/session.js';
import { Talk } from '../engine/application/talk.js';
import type { Batch } from '../engine/batch.js';
import { integer, option, size } from '../engine/config/option.js';
import { EVENT_TRANSACTION, keepEvent } from '../engine/event.js';
import * as Flow from '../engine/flow-record.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import * as Packet from '../engine/packet.js';
import type {
  ApplicationLayer,
  Conversation,
  Protocol,
  Transaction,
  TransactionUpdate,
} from '../engine/protocol.js';

const SOCKET_LIMIT = option(
  'app-layer.socket-limit',
  size,
  1 << 20,
  'bytes a parser may hold while it waits for more',
);
const MAX_TRANSACTIONS = option(
  'app-layer.max-transactions',
  integer(1),
  4096,
  'open transactions of a flow; the oldest is completed beyond',
);

const TCP = 6;
const UDP = 17;

export default defineModule({
  summary: 'recognises application protocols and parses them',
  kind: 'stage',
  perFlow: true,
  after: ['flow', 'stream'],
  options: [SOCKET_LIMIT, MAX_TRANSACTIONS, ...PROTOCOL_OPTIONS, ...RECOGNITION_OPTIONS],
  create: async thread => new Application(thread, await loadProtocols()),
});

class Application implements ThreadModule, ApplicationLayer {
  readonly updates: TransactionUpdate[] = [];
  private readonly talks: (Talk | undefined)[] = [];
  private readonly settings: readonly unknown[];
  private readonly recogniser: Recogniser;
  private readonly socketLimit: number;
  private readonly maxTransactions: number;
  private readonly counters: {
    flows: number[];
    transactions: number[];
    errors: number;
    lostEvents: number;
    gaps: number;
  };
  private readonly row: Int32Array;
  private batch!: Batch;

  constructor(
    private readonly thread: Thread,
    readonly protocols: readonly Protocol[],
  ) {
    const { config, counters } = thread;
    this.row = thread.memory.row;
    this.settings = protocols.map(protocol => protocol.prepare?.(config));
    this.recogniser = new Recogniser(
      protocols.filter(protocol => enabling(protocol, config) !== 'no'),
      config,
    );
    this.socketLimit = config.read(SOCKET_LIMIT);
    this.maxTransactions = config.read(MAX_TRANSACTIONS);
    this.counters = {
      flows: protocols.map(({ name }) => counters.declare(`app_layer.flow.${name}`)),
      transactions: protocols.map(({ name }) => counters.declare(`app_layer.tx.${name}`)),
      errors: counters.declare('app_layer.error.parser'),
      gaps: counters.declare('app_layer.error.gap'),
      lostEvents: counters.declare('app_layer.events_lost'),
    };
    thread.services.set('application-layer', this);
  }

  conversation(flow: number): Conversation | undefined {
    return this.talks[flow]?.session;
  }

  process(batch: Batch): void {
    this.batch = batch;
    this.updates.length = 0;
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      batch.keep(slot);
      this.packet(slot, slot * Packet.INTS);
    }
    batch.replace();
  }

  private packet(slot: number, p: number): void {
    const { row } = this;
    const flow = row[p + Packet.FLOW]!;
    if (flow < 0) return;
    const pseudo = row[p + Packet.PSEUDO]!;
    if (pseudo === Packet.PSEUDO_EVENT) return;
    if (pseudo === Packet.PSEUDO_FLOW_END) {
      this.flowEnds(slot, p, flow);
      return;
    }
    const protocol = row[p + Packet.PROTOCOL];
    if (protocol === TCP) this.segment(p, flow);
    else if (protocol === UDP && pseudo !== Packet.PSEUDO_STREAM && row[p + Packet.PAYLOAD_LENGTH]! > 0)
      this.datagram(p, flow);
    const talk = this.talks[flow];
    if (!talk) return;
    if (talk.encrypted) row[p + Packet.FLAGS]! |= Packet.FLAG_NO_PAYLOAD_INSPECTION;
    if (talk.session) this.tell(slot, p, talk, (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0);
  }

  // ── TCP ──

  private segment(p: number, flow: number): void {
    const { row } = this;
    const length = row[p + Packet.STREAM_LENGTH]!;
    const missing = row[p + Packet.STREAM_GAP]!;
    const flags = row[p + Packet.STREAM_FLAGS]!;
    const ends = (flags & (Packet.STREAM_END | Packet.STREAM_RESET)) !== 0;
    if (length === 0 && missing === 0 && !ends) return;
    const talk = this.talkOf(flow);
    if (talk.ignored) return;
    const toServer = (flags & Packet.STREAM_TO_SERVER) !== 0;
    const data = row[p + Packet.STREAM_DATA]!;
    if (missing > 0) this.missing(p, talk, toServer, missing);
    if (length > 0) this.data(p, flow, talk, toServer, data, data + length);
    if (ends) this.ended(p, talk, toServer, (flags & Packet.STREAM_RESET) !== 0);
  }

  private data(p: number, flow: number, talk: Talk, toServer: boolean, start: number, end: number): void {
    const side = talk.side(toServer);
    const { bytes } = this.thread.memory;
    if (side.protocol === undefined) {
      const all = withHeld(side.held, bytes, start, end);
      this.recognise(p, flow, talk, toServer, all.bytes, all.start, all.end);
      if (side.protocol === undefined && !talk.session)
        side.held = all.bytes === bytes ? bytes.slice(start, end) : all.bytes;
      else this.parse(p, flow, talk, () => talk.deliver(toServer, all.bytes, all.start, all.end));
    } else if (talk.session) {
      this.parse(p, flow, talk, () => talk.deliver(toServer, bytes, start, end));
    }
  }

  /** Tries to tell the protocol of one direction; starts the parser when it is known. */
  private recognise(
    p: number,
    flow: number,
    talk: Talk,
    toServer: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const side = talk.side(toServer);
    const f = flow * Flow.INTS;
    const { row } = this.thread.flows;
    const transport: Transport = row[f + Flow.PROTOCOL] === UDP ? 'udp' : 'tcp';
    const answer = this.recogniser.recognise(
      transport,
      toServer,
      row[f + Flow.SERVER_PORT]!,
      row[f + Flow.CLIENT_PORT]!,
      bytes,
      start,
      end,
    );
    if (answer === 'more') return;
    side.protocol = answer === 'none' ? 'none' : answer.protocol;
    const other = talk.side(!toServer);
    if (answer === 'none') {
      if (talk.session) this.setEvent(p, Event.APPLAYER_DETECT_PROTOCOL_ONLY_ONE_DIRECTION);
      else if (other.protocol === 'none') this.unknown(flow, talk);
      return;
    }
    this.note(flow, toServer, answer.protocol);
    if (talk.session) {
      if (talk.session.protocol !== answer.protocol)
        this.setEvent(p, Event.APPLAYER_MISMATCH_PROTOCOL_BOTH_DIRECTIONS);
      return;
    }
    if (answer.reversed) this.setEvent(p, Event.APPLAYER_WRONG_DIRECTION_FIRST_DATA);
    talk.reversed = answer.reversed;
    this.begin(flow, talk, answer.protocol);
    if (talk.session && other.held) {
      const held = other.held;
      other.held = undefined;
      this.parse(p, flow, talk, () => talk.deliver(!toServer, held, 0, held.length));
    }
  }

  private begin(flow: number, talk: Talk, protocol: Protocol): void {
    const number = this.protocols.indexOf(protocol);
    const f = flow * Flow.INTS;
    this.thread.flows.row[f + Flow.APP_PROTOCOL] = number + 1;
    this.thread.counters.values[this.counters.flows[number]!]!++;
    if (enabling(protocol, this.thread.config) === 'detection-only') talk.ignored = true;
    else talk.start(protocol, flow, this.settings[number], this.socketLimit);
  }

  private note(flow: number, toServer: boolean, protocol: Protocol): void {
    const column = toServer ? Flow.APP_PROTOCOL_TO_SERVER : Flow.APP_PROTOCOL_TO_CLIENT;
    this.thread.flows.row[flow * Flow.INTS + column] = this.protocols.indexOf(protocol) + 1;
  }

  private unknown(flow: number, talk: Talk): void {
    talk.ignored = true;
    talk.toServer.held = undefined;
    talk.toClient.held = undefined;
    this.thread.flows.row[flow * Flow.INTS + Flow.APP_PROTOCOL] = -1;
  }

  private missing(p: number, talk: Talk, toServer: boolean, missing: number): void {
    this.thread.counters.values[this.counters.gaps]!++;
    if (talk.session) this.parse(p, talk.session.flow, talk, () => talk.gap(toServer, missing));
    else talk.side(toServer).protocol ??= 'none';
  }

  private ended(p: number, talk: Talk, toServer: boolean, reset: boolean): void {
    if (talk.session) this.parse(p, talk.session.flow, talk, () => talk.end(toServer, reset));
  }

  // ── UDP ──

  private datagram(p: number, flow: number): void {
    const talk = this.talkOf(flow);
    if (talk.ignored) return;
    const { row } = this;
    const toServer = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    const start = row[p + Packet.PAYLOAD]!;
    const end = start + row[p + Packet.PAYLOAD_LENGTH]!;
    const { bytes } = this.thread.memory;
    if (talk.side(toServer).protocol === undefined)
      this.recognise(p, flow, talk, toServer, bytes, start, end);
    const { session } = talk;
    if (session)
      this.parse(p, flow, talk, () =>
        session.protocol.datagram?.(session, bytes, start, end, toServer !== talk.reversed),
      );
  }

  // ── both ──

  private talkOf(flow: number): Talk {
    let talk = this.talks[flow];
    if (!talk) {
      talk = new Talk();
      this.talks[flow] = talk;
    }
    return talk;
  }

  /** Runs a parser; one that throws is counted and not asked again for this flow. */
  private parse(p: number, flow: number, talk: Talk, run: () => void): void {
    const session = talk.session;
    if (!session || session.failed) return;
    session.seconds = this.row[p + Packet.SECONDS]!;
    session.nanoseconds = this.row[p + Packet.NANOSECONDS]!;
    try {
      run();
    } catch (error) {
      session.failed = true;
      this.thread.counters.values[this.counters.errors]!++;
      this.thread.log.debug(`parser ${session.protocol.name} failed: ${(error as Error).stack}`);
    }
    this.fulfil(p, flow, talk, session);
  }

  private fulfil(_p: number, flow: number, talk: Talk, { requests }: Session): void {
    if (requests.stopInspection !== 'no') talk.encrypted = true;
    if (requests.changeTo === undefined) return;
    this.change(flow, talk, requests.changeTo);
  }

  /** Goes on as another protocol: transactions so far are complete, bytes not read yet go to the new parser. */
  private change(flow: number, talk: Talk, name: string): void {
    const before = talk.session!;
    before.requests.changeTo = undefined;
    this.thread.flows.row[flow * Flow.INTS + Flow.APP_PROTOCOL_ORIGINAL] =
      this.protocols.indexOf(before.protocol) + 1;
    const next = this.protocols.find(protocol => protocol.name === name);
    const rest = [true, false].map(toServer => unread(talk, toServer));
    talk.session = undefined;
    talk.toServer.protocol = next;
    talk.toClient.protocol = next;
    if (next) this.begin(flow, talk, next);
    rest.forEach((bytes, i) => {
      if (bytes.length === 0) return;
      if (talk.session) talk.deliver(i === 0, bytes, 0, bytes.length);
      else talk.side(i === 0).held = bytes;
    });
  }

  private flowEnds(slot: number, p: number, flow: number): void {
    const talk = this.talks[flow];
    this.talks[flow] = undefined;
    const session = talk?.session;
    if (!talk || !session) return;
    for (const toServer of [true, false]) this.parse(p, flow, talk, () => talk.end(toServer, false));
    this.parse(p, flow, talk, () => session.protocol.finish?.(session));
    for (const transaction of [...session.transactions])
      if (!session.isComplete(transaction)) session.complete(transaction);
    this.tell(slot, p, talk, true);
    this.tell(slot, p, talk, false);
  }

  // ── what detection and outputs are told ──

  private tell(slot: number, p: number, talk: Talk, toServer: boolean): void {
    const session = talk.session!;
    const changed = toServer ? session.changedToServer : session.changedToClient;
    if (changed.size === 0) return;
    for (const transaction of changed) this.updates.push(updateOf(slot, session, transaction, toServer));
    changed.clear();
    this.freeComplete(slot, p, session);
  }

  /** Logs and frees what is complete and told in both directions. */
  private freeComplete(slot: number, p: number, session: Session): void {
    const { transactions } = session;
    for (let i = 0; i < transactions.length; ) {
      const transaction = transactions[i]!;
      if (transactions.length > this.maxTransactions && i === 0) session.complete(transaction);
      if (
        !session.isComplete(transaction) ||
        session.changedToServer.has(transaction) ||
        session.changedToClient.has(transaction)
      ) {
        i++;
        continue;
      }
      transactions.splice(i, 1);
      this.log(slot, p, session, transaction);
    }
  }

  private log(slot: number, _p: number, session: Session, transaction: Transaction): void {
    const { values } = this.thread.counters;
    values[this.counters.transactions[this.protocols.indexOf(session.protocol)]!]!++;
    this.thread.flows.row[session.flow * Flow.INTS + Flow.TRANSACTIONS]!++;
    if (!this.thread.wants(EVENT_TRANSACTION)) return;
    const event = keepEvent(
      this.thread,
      this.batch,
      EVENT_TRANSACTION,
      slot,
      session.protocol.record(transaction, false),
    );
    if (event < 0) values[this.counters.lostEvents]!++;
    else this.row[event * Packet.INTS + Packet.EVENT_TRANSACTION] = transaction.id;
  }

  private setEvent(p: number, event: number): void {
    Packet.setEvent(this.row, p, event);
  }
}

function updateOf(
  slot: number,
  conversation: Session,
  transaction: Transaction,
  toServer: boolean,
): TransactionUpdate {
  const names = toServer ? conversation.protocol.progressToServer : conversation.protocol.progressToClient;
  const progress = toServer ? transaction.progressToServer : transaction.progressToClient;
  return {
    slot,
    conversation,
    transaction,
    toServer,
    progress,
    events: transaction.events.length,
    bodyLength: conversation.protocol.bodyLength?.(transaction, toServer) ?? -1,
    complete: progress >= names.length - 1,
  };
}

/** What was held of a direction, with what came now behind it. */
function withHeld(
  held: Uint8Array | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
): { bytes: Uint8Array; start: number; end: number } {
  if (!held) return { bytes, start, end };
  const all = new Uint8Array(held.length + end - start);
  all.set(held);
  all.set(bytes.subarray(start, end), held.length);
  return { bytes: all, start: 0, end: all.length };
}

function unread(talk: Talk, toServer: boolean): Uint8Array {
  const socket = talk.socket(toServer);
  return socket.view.slice(socket.offset, socket.offset + socket.available);
}
