/**
 * Two hosts that speak TCP (RFC 9293, timestamps of RFC 7323) over links that delay, reorder, repeat and lose what they
 * send, before and behind a sensor. Time is simulated, in milliseconds.
 */

import type { Random } from '../pseudo-random.js';
import type { Outcome, Step } from './conversation.js';

export interface Links {
  /** Of 100 segments so many are lost on their way to the sensor, and behind it. */
  readonly lostBefore: number;
  readonly lostBehind: number;
  readonly repeated: number;
  /** Longest delay of a link: what is sent within it may come in any order. */
  readonly delay: number;
}

export interface Sides {
  readonly toServer: string;
  readonly toClient: string;
}

interface Segment {
  readonly from: '>' | '<';
  readonly seq: number;
  readonly ack: number | undefined;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly data: string;
  readonly window: number;
  readonly ts: readonly [number, number];
}

/** Time after which all must be over, whatever is lost. */
const LONGEST = 3_600_000;
const RETRANSMISSION = 200;
const PERSIST = 300;

/** The sensor between the hosts. @returns what became of the segment */
export type Sensor = (step: Step) => Outcome;

export class World {
  readonly hosts: readonly [Host, Host];
  /** Segments that the sensor dropped. */
  readonly dropped: { step: Step; events: string[] }[] = [];
  now = 0;
  private readonly events: { at: number; run: () => void }[] = [];

  constructor(
    private readonly random: Random,
    private readonly links: Links,
    private readonly sensor: Sensor,
    sides: Sides,
    /** Windows that stay closed are probed by a byte behind them too. */
    readonly byteProbes: boolean,
  ) {
    this.hosts = [new Host('>', sides.toServer, this, random), new Host('<', sides.toClient, this, random)];
  }

  /** @returns whether both sides ended in order */
  run(): boolean {
    this.hosts[0].open();
    while (this.events.length > 0 && this.now < LONGEST && !this.hosts.every(host => host.isDone)) {
      let first = 0;
      for (let i = 1; i < this.events.length; i++) if (this.events[i]!.at < this.events[first]!.at) first = i;
      const [event] = this.events.splice(first, 1);
      this.now = Math.max(this.now, event!.at);
      event!.run();
    }
    return this.hosts.every(host => host.isDone);
  }

  after(delay: number, run: () => void): void {
    this.events.push({ at: this.now + delay, run });
  }

  send(segment: Segment): void {
    const { lostBefore, lostBehind, repeated, delay } = this.links;
    const copies = this.random(100) < repeated ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      if (this.random(100) < lostBefore) continue;
      this.after(this.random(delay + 1), () => {
        const step = stepOf(segment);
        const outcome = this.sensor(step);
        if (outcome.dropped) this.dropped.push({ step, events: outcome.events });
        else if (this.random(100) >= lostBehind)
          this.after(this.random(delay + 1), () => this.hosts[segment.from === '>' ? 1 : 0].receive(segment));
      });
    }
  }
}

function stepOf({ from, seq, ack, syn, fin, data, window, ts }: Segment): Step {
  const flags = `${syn ? 'S' : ''}${fin ? 'F' : ''}${data ? 'P' : ''}${ack === undefined ? '' : 'A'}`;
  return { from, flags, seq, ack, data, window, options: { ts } };
}

const LARGEST_WINDOW = 400;

class Host {
  received = '';
  private una = 0;
  private next = 0;
  private probed = 0;
  private peerWindow = 0;
  private rcvNext = 0;
  private synchronized = false;
  private finReceived = false;
  private unread = 0;
  private recent = 0;
  private lastAck = 0;
  private ackPending = false;
  private timers = 0;
  private readonly waiting: Segment[] = [];

  constructor(
    private readonly side: '>' | '<',
    private readonly data: string,
    private readonly world: World,
    private readonly random: Random,
  ) {}

  get isDone(): boolean {
    return this.finReceived && this.una === this.end + 1;
  }

  /** Number of the FIN. */
  private get end(): number {
    return this.data.length + 1;
  }

  /** Behind the last number that the receiver may have got. */
  private get sent(): number {
    return Math.max(this.next, this.probed);
  }

  private get window(): number {
    return LARGEST_WINDOW - this.unread;
  }

  open(): void {
    this.transmit(0, '', { syn: true });
    this.next = 1;
    this.keepTrying();
  }

  receive(segment: Segment): void {
    if (segment.syn) this.receiveSyn(segment);
    else if (this.synchronized) this.receiveSegment(segment);
  }

  private receiveSegment(segment: Segment): void {
    // RFC 7323 section 5.3
    if (segment.ts[0] < this.recent || !this.isAcceptable(segment)) {
      this.acknowledge();
      return;
    }
    if (segment.seq <= this.lastAck) this.recent = segment.ts[0];
    this.takeAck(segment);
    if (segment.data !== '' || segment.fin) this.takeData(segment);
    this.pump();
  }

  /** As Linux has it: also a closed window lets acknowledgments through. */
  private isAcceptable({ seq, data, fin }: Segment): boolean {
    return seq + data.length + (fin ? 1 : 0) >= this.lastAck && seq <= this.rcvNext + this.window;
  }

  private receiveSyn(segment: Segment): void {
    const first = !this.synchronized;
    if (first) {
      this.synchronized = true;
      this.rcvNext = 1;
      this.recent = segment.ts[0];
    }
    if (segment.ack !== undefined) this.takeAck(segment);
    else this.peerWindow = segment.window;
    if (this.side === '>') {
      this.acknowledge();
      this.pump();
    } else {
      this.transmit(0, '', { syn: true });
      if (this.next === 0) this.next = 1;
      if (first) this.keepTrying();
    }
  }

  private takeAck(segment: Segment): void {
    const ack = segment.ack ?? 0;
    if (ack < this.una || ack > this.sent) return;
    this.una = ack;
    this.next = Math.max(this.next, ack);
    this.peerWindow = segment.window;
  }

  private takeData(segment: Segment): void {
    const end = segment.seq + segment.data.length + (segment.fin ? 1 : 0);
    if (end <= this.rcvNext || segment.seq >= this.rcvNext + this.window) {
      this.acknowledge();
      return;
    }
    this.waiting.push(segment);
    const before = this.rcvNext;
    for (let again = true; again; ) {
      again = false;
      for (const one of this.waiting) again = this.take(one) || again;
    }
    if (this.rcvNext > before && this.random(2) === 0) this.acknowledgeLater();
    else this.acknowledge();
  }

  private take({ seq, data, fin }: Segment): boolean {
    if (seq > this.rcvNext || this.finReceived) return false;
    const rest = data.slice(this.rcvNext - seq, this.rcvNext - seq + this.window);
    if (rest !== '') {
      this.received += rest;
      this.rcvNext += rest.length;
      this.unread += rest.length;
      this.readLater(rest.length);
    }
    if (fin && this.rcvNext === seq + data.length) {
      this.finReceived = true;
      this.rcvNext++;
    }
    return rest !== '' || this.finReceived;
  }

  private readLater(length: number): void {
    this.world.after(this.random(5) === 0 ? 2000 : this.random(5), () => {
      const wasClosed = this.window < 50;
      this.unread -= length;
      if (wasClosed) this.acknowledge();
    });
  }

  private acknowledgeLater(): void {
    this.ackPending = true;
    this.world.after(this.random(40), () => {
      if (this.ackPending) this.acknowledge();
    });
  }

  private acknowledge(): void {
    this.transmit(this.next, '');
  }

  /** Sends what the window allows, and the FIN behind it. */
  private pump(): void {
    if (!this.synchronized || this.una === 0) return;
    while (this.next < this.end) {
      const room = this.una + this.peerWindow - this.next;
      if (room <= 0) break;
      const data = this.piece(this.next, Math.min(room, 1 + this.random(120)));
      const fin = this.next + data.length === this.end && room > data.length && this.random(2) === 0;
      this.transmit(this.next, data, { fin });
      this.next += data.length + (fin ? 1 : 0);
    }
    if (this.next === this.end && this.una + this.peerWindow > this.next) {
      this.transmit(this.next, '', { fin: true });
      this.next++;
    }
    this.keepTrying();
  }

  private piece(seq: number, length: number): string {
    return this.data.slice(seq - 1, seq - 1 + length);
  }

  /** Starts the timers anew: of retransmission, and of a window that stays closed. */
  private keepTrying(): void {
    const timer = ++this.timers;
    this.world.after(RETRANSMISSION + this.random(PERSIST), () => {
      if (timer !== this.timers) return;
      if (this.una < this.next) this.retransmit();
      else if (this.next <= this.end && this.peerWindow === 0 && this.una > 0) this.probe();
      if (this.una <= this.end) this.keepTrying();
    });
  }

  /** From the first byte that nobody acknowledged, cut anew, with the FIN where it was sent. */
  private retransmit(): void {
    if (this.una === 0) {
      this.transmit(0, '', { syn: true });
      return;
    }
    const sent = Math.min(this.next, this.end) - this.una;
    const data = this.piece(this.una, Math.min(sent, Math.max(1, this.peerWindow), 1 + this.random(300)));
    const fin = this.next > this.end && this.una + data.length === this.end;
    this.transmit(this.una, data, { fin });
  }

  /** A byte beyond the window, or none before it: either is answered with the window of now. */
  private probe(): void {
    if (this.world.byteProbes && this.next < this.end && this.random(2) === 0) {
      this.probed = this.next + 1;
      this.transmit(this.next, this.piece(this.next, 1));
    } else this.transmit(this.next - 1, '');
  }

  private transmit(seq: number, data: string, { syn = false, fin = false } = {}): void {
    this.ackPending = false;
    this.lastAck = this.rcvNext;
    this.world.send({
      from: this.side,
      seq,
      ack: this.synchronized ? this.rcvNext : undefined,
      syn,
      fin,
      data,
      window: this.window,
      ts: [1000 + Math.floor(this.world.now), this.recent],
    });
  }
}
