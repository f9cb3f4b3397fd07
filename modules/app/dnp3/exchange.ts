/** Frames on a stream, reassembled into messages (IEEE 1815 8.2). */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import type { Session } from '../../../engine/application/session.js';
import type { Reading } from '../../../engine/application/stream-socket.js';
import { parseApplication } from './application.js';
import {
  blocksLength,
  COUNTED_HEADER,
  carriesUserData,
  HEADER_LENGTH,
  hasChecksum,
  type LinkHeader,
  parseHeader,
  START_1,
  START_2,
  userData,
} from './link.js';
import type { Dnp3Settings } from './settings.js';
import { COMPLETE, Dnp3Transaction, type EVENTS } from './transaction.js';

/** Bits of the transport header. */
const FINAL = 0x80;
const FIRST = 0x40;
/** Maximum pairs of stations whose messages are reassembled at a time; beyond that, the oldest is evicted. */
const MAX_PAIRS = 16;
/** Maximum bytes of a message: as many frames as the sequence number distinguishes. */
const MAX_MESSAGE_LENGTH = 64 * 249;

type Event = (typeof EVENTS)[number];

/** The part of a message received so far. */
interface Assembly {
  link: LinkHeader;
  transport: number;
  readonly content: GrowingBytes;
}

export class Exchange {
  private readonly settings: Dnp3Settings;
  /** Requests since the last response. */
  private unanswered = 0;

  constructor(private readonly session: Session<Dnp3Transaction>) {
    this.settings = session.settings as Dnp3Settings;
  }

  *frames(toServer: boolean): Reading<void> {
    const socket = toServer ? this.session.client : this.session.server;
    // Separate for each pair of stations: frames between others do not interrupt a message.
    const assemblies = new Map<number, Assembly>();
    while (!this.session.failed) {
      const head = yield* socket.peek(HEADER_LENGTH);
      if (!head) return;
      if (head[0] !== START_1 || head[1] !== START_2) return this.fail('malformed', toServer);
      if (!hasChecksum(head)) return this.fail('bad_link_crc', toServer);
      const link = parseHeader(head);
      if (link.length < COUNTED_HEADER) return this.fail('len_too_small', toServer);
      const length = link.length - COUNTED_HEADER;
      socket.skip(HEADER_LENGTH);
      if (!carriesUserData(link)) {
        if (!(yield* socket.discard(blocksLength(length)))) return;
        continue;
      }
      const blocks = yield* socket.read(blocksLength(length));
      if (!blocks) return;
      const pair = link.destination * 65536 + link.source;
      const assembly = this.assemble(assemblies.get(pair), link, blocks, length, toServer);
      assemblies.delete(pair);
      if (assembly) assemblies.set(pair, assembly);
      if (assemblies.size > MAX_PAIRS) assemblies.delete(assemblies.keys().next().value!);
    }
  }

  /** @returns the state to continue with */
  private assemble(
    before: Assembly | undefined,
    link: LinkHeader,
    blocks: Uint8Array,
    length: number,
    toServer: boolean,
  ): Assembly | undefined {
    const data = userData(blocks, length);
    if (!data || length === 0) {
      this.report(data ? 'len_too_small' : 'bad_transport_crc', toServer);
      return undefined;
    }
    const transport = data[0]!;
    const assembly = (transport & FIRST) !== 0 ? { link, transport, content: new GrowingBytes() } : before;
    if (!assembly) return undefined;
    const { content } = assembly;
    if (content.length === 0) content.adopt(data.subarray(1));
    else content.append(data, 1);
    if (content.length > MAX_MESSAGE_LENGTH) {
      this.report('too_long_reassembly', toServer);
      return undefined;
    }
    if ((transport & FINAL) === 0) return assembly;
    this.take(assembly, toServer);
    return undefined;
  }

  private take({ link, transport, content }: Assembly, toServer: boolean): void {
    const { session, settings } = this;
    const message = parseApplication(content.view(), settings);
    if (!message) {
      this.report('len_too_small', toServer);
      return;
    }
    const transaction = session.begin(
      new Dnp3Transaction(session.transactionCount, link, transport, message, toServer),
    );
    if (message.problem) session.event(transaction, message.problem, toServer);
    this.unanswered = toServer ? this.unanswered + 1 : 0;
    const flooded = this.unanswered > settings.maxRequests;
    if (flooded) session.event(transaction, 'flooded', toServer);
    session.advance(transaction, toServer, COMPLETE);
    if (flooded) session.failed = true;
  }

  /** Reports data that is not a message. */
  private report(event: Event, toServer: boolean): void {
    const { session } = this;
    const transaction = session.begin(
      new Dnp3Transaction(session.transactionCount, undefined, undefined, undefined, toServer),
    );
    session.event(transaction, event, toServer);
    session.advance(transaction, toServer, COMPLETE);
  }

  private fail(event: Event, toServer: boolean): void {
    this.report(event, toServer);
    this.session.failed = true;
  }
}
