/** Protocol changes of a flow: requested by its parser, or because another protocol is recognised. */
import type { Protocol } from '../protocol.js';
import { type Arrival, inDirection } from './arrival.js';
import type { Beginnings } from './beginnings.js';
import type { FlowProtocols } from './flow-protocols.js';
import { GrowingBytes } from './growing-bytes.js';
import type { Session } from './session.js';
import type { Sessions } from './sessions.js';

/** The protocol requested in cleartext: STARTTLS and similar. */
const ENCRYPTION = 'tls';

/** Event of a protocol whose change request is refused. */
const REFUSED = 'failed_protocol_change';

/** Maximum number of protocol changes per flow. */
const MOST_CHANGES = 8;

/** Unread bytes of each direction. */
interface Rest {
  readonly toServer: Uint8Array;
  readonly toClient: Uint8Array;
}
const NOTHING: Rest = { toServer: new Uint8Array(0), toClient: new Uint8Array(0) };

export class ProtocolChanges {
  /** @param deliver takes bytes as if they had just arrived */
  constructor(
    private readonly protocols: readonly Protocol[],
    private readonly records: FlowProtocols,
    private readonly sessions: Sessions,
    private readonly beginnings: Beginnings,
    private readonly deliver: (at: Arrival, bytes: Uint8Array, start: number, end: number) => void,
  ) {}

  /** Changes to another protocol: existing transactions are completed, unread bytes go to the new parser. */
  change(at: Arrival, before: Session): void {
    const { flow, talk } = at;
    const name = before.requests.changeTo;
    before.requests.changeTo = undefined;
    if (talk.surprised) {
      refuseChange(before);
      return;
    }
    const number = this.protocols.findIndex(protocol => protocol.name === name);
    const next = this.protocols[number];
    // A disabled protocol is not parsed: the flow keeps its protocol.
    if (next && !this.sessions.isEnabled(number)) {
      talk.ignored = true;
      for (const toServer of [true, false]) talk.side(toServer).routine = undefined;
      return;
    }
    const rest = this.become(at, before, next);
    if (next && name === ENCRYPTION && talk.session?.protocol === next) {
      talk.expected = next;
      this.records.expect(flow, next);
    }
    this.deliverRest(at, rest);
  }

  /**
   * The first data after encryption was requested in cleartext. It may be anything: the recognised protocol decides,
   * not the expected one.
   */
  first(at: Arrival, bytes: Uint8Array, start: number, end: number): void {
    const { talk, toServer } = at;
    const side = talk.side(toServer);
    const { held } = side;
    held?.append(bytes, start, end);
    const [all, from, to] = held ? ([held.view(), 0, held.length] as const) : ([bytes, start, end] as const);
    const found = this.beginnings.isAsExpected(at, all, from, to);
    if (found === 'more') {
      if (!held) {
        side.held = new GrowingBytes();
        side.held.append(bytes, start, end);
      }
      return;
    }
    const other = talk.side(!toServer);
    const waiting = other.held;
    talk.expected = undefined;
    side.held = undefined;
    other.held = undefined;
    if (typeof found !== 'boolean') {
      talk.surprised = true;
      this.deliverRest(at, this.become(at, talk.session!, found));
    }
    // The held data precedes the data that decides.
    if (waiting) this.deliver(inDirection(at, !toServer), waiting.view(), 0, waiting.length);
    this.deliver(at, all, from, to);
  }

  /** @returns bytes that the previous parser did not read */
  private become(at: Arrival, before: Session, next: Protocol | undefined): Rest {
    const { flow, talk } = at;
    if (++talk.changes > MOST_CHANGES) {
      before.failed = true;
      return NOTHING;
    }
    for (const transaction of [...before.transactions]) before.complete(transaction);
    for (const toServer of [true, false]) before.frames?.ended(toServer);
    const rest = { toServer: talk.unread(true), toClient: talk.unread(false) };
    talk.former = [...talk.former, before];
    talk.told = false;
    talk.precededBy = before.protocol.name;
    talk.session = undefined;
    for (const toServer of [true, false]) {
      const side = talk.side(toServer);
      side.protocol = next;
      side.routine = undefined;
      side.held = undefined;
      side.heard = false;
      side.noted = false;
    }
    if (!next) {
      talk.left = before.protocol;
    } else {
      // A protocol that was only expected was never the flow's protocol.
      this.records.leave(flow, talk.surprised ? undefined : before.protocol);
      this.records.note(flow, true, next);
      this.records.note(flow, false, next);
      this.beginnings.begin(at, next, before.requests.handOver);
    }
    return rest;
  }

  private deliverRest(at: Arrival, { toServer, toClient }: Rest): void {
    if (toServer.length > 0) this.deliver(inDirection(at, true), toServer, 0, toServer.length);
    if (toClient.length > 0) this.deliver(inDirection(at, false), toClient, 0, toClient.length);
  }
}

/** The requested protocol did not appear: no second change. */
function refuseChange(session: Session): void {
  const last = session.transactions.at(-1);
  if (last && session.protocol.events.includes(REFUSED)) session.event(last, REFUSED);
}
