/** The sending half of a host: what is acknowledged, what the window allows, and what must be retransmitted. */
import type { Manner } from './host-behaviour.js';
import type { Segment } from './segment.js';
import type { World } from './world.js';

const RETRANSMISSION = 200;
const PERSIST = 300;
const SILENCE = 3000;
const IDLE = 1000;

export interface Flags {
  readonly syn?: boolean;
  readonly fin?: boolean;
  readonly fastOpen?: boolean;
}

export type Transmit = (seq: number, data: string, flags?: Flags) => void;

export class Sender {
  una = 0;
  next = 0;
  /** Data from the application so far. */
  private given: number;
  private probed = 0;
  private window = 0;
  private largestWindow = 0;
  private scale = 0;
  private timers = 0;
  private repeatedAcks = 0;
  private sacked: (readonly [number, number])[] = [];

  constructor(
    private readonly data: string,
    private readonly manner: Manner,
    private readonly world: World,
    private readonly transmit: Transmit,
  ) {
    this.given = manner.listensFirst || manner.says ? 0 : Math.min(manner.portion, data.length);
    if (manner.says) this.hear(0);
    else if (!manner.listensFirst) this.giveMore();
  }

  get isDone(): boolean {
    return this.una === this.end + 1;
  }

  /** The SYN, with data in a Fast Open, or the SYN/ACK. */
  open(): void {
    const first = this.manner.opens ? this.data.slice(0, this.manner.fastOpen) : '';
    this.transmit(0, first, { syn: true, fastOpen: this.manner.fastOpen > 0 });
    if (this.next === 0) this.next = 1 + first.length;
    this.keepTrying();
  }

  /** Window and scale in the SYN of the other side. */
  meet({ window, options }: Segment): void {
    this.setWindow(window);
    this.scale = this.manner.scale === undefined ? 0 : (options.scale ?? 0);
  }

  /** The other side has sent all: now it is this side's turn. */
  speak(): void {
    if (this.given >= this.data.length || !this.manner.listensFirst || this.given > 0) return;
    this.given = Math.min(this.manner.portion, this.data.length);
    this.giveMore();
  }

  /** The application has received this many bytes. */
  hear(bytes: number): void {
    for (const { heard, upTo } of this.manner.says ?? [])
      if (heard <= bytes) this.given = Math.max(this.given, upTo);
  }

  /** @returns whether the acknowledgment is acceptable (RFC 5961 section 5) */
  takeAck({ ack = 0, window, options, syn, data }: Segment): boolean {
    if (ack < this.una) return ack >= this.una - Math.min(this.largestWindow, this.una - 1);
    if (ack > Math.max(this.next, this.probed)) return false;
    this.sacked = [...(options.sack ?? []).filter(([, right]) => right > ack)];
    if (ack > this.una) this.repeatedAcks = 0;
    else if (this.una < this.next && data === '') this.repeatedAcks++;
    this.una = ack;
    if (!syn) this.setWindow(window << this.scale);
    // Data of a SYN that was not accepted is sent again.
    if (syn && ack < this.next) this.next = ack;
    this.next = Math.max(this.next, ack);
    if (this.repeatedAcks === 3) this.retransmit();
    return true;
  }

  /** Sends what the window allows, and the FIN behind it. */
  pump(): void {
    if (this.una === 0) return;
    while (this.next <= this.given) {
      const room = Math.min(this.una + this.window, this.given + 1) - this.next;
      if (room <= 0) break;
      const data = this.piece(this.next, Math.min(room, 1 + this.world.random(this.manner.mss)));
      const behind = this.next + data.length;
      const fin = behind === this.end && this.una + this.window > behind && this.world.random(2) === 0;
      this.transmit(this.next, data, { fin });
      this.next = behind + (fin ? 1 : 0);
    }
    if (this.next === this.end && this.given === this.data.length && this.una + this.window > this.next) {
      this.transmit(this.next, '', { fin: true });
      this.next++;
    }
    this.keepTrying();
  }

  private get hasMore(): boolean {
    return this.next <= (this.given === this.data.length ? this.end : this.given);
  }

  /** Sequence number of the FIN. */
  private get end(): number {
    return this.data.length + 1;
  }

  private setWindow(window: number): void {
    this.window = window;
    this.largestWindow = Math.max(window, this.largestWindow);
  }

  private piece(seq: number, length: number): string {
    const from = seq - 1;
    const urgent = this.manner.urgent.find(place => place >= from && place < from + length);
    return this.data.slice(from, urgent === undefined ? from + length : urgent + 1);
  }

  /** Restarts the timers of retransmission, closed window and keep-alive. */
  private keepTrying(): void {
    const timer = ++this.timers;
    this.world.after(RETRANSMISSION + this.world.random(PERSIST), () => {
      if (timer !== this.timers || this.isDone) return;
      if (this.una < this.next) this.retransmit();
      else if (this.hasMore && this.window === 0 && this.una > 0) this.probe();
      else if (this.manner.keepAlive !== undefined && this.una > 0)
        this.world.after(IDLE, () => this.ping(timer));
      this.keepTrying();
    });
  }

  /** Retransmits from the first unacknowledged byte, with new segments, with the FIN if it was sent. */
  private retransmit(): void {
    if (this.una === 0) {
      this.transmit(0, '', { syn: true });
      return;
    }
    const hole = this.sacked.reduce(
      (least, [left]) => (left > this.una ? Math.min(least, left) : least),
      this.next,
    );
    const sent = Math.min(hole, this.end) - this.una;
    const most = Math.max(1, this.window);
    const data = this.piece(this.una, Math.min(sent, most, 1 + this.world.random(this.manner.mss * 2)));
    const fin = this.next > this.end && this.una + data.length === this.end;
    this.transmit(this.una, data, { fin });
  }

  /** A window probe: a byte beyond the window, or an old sequence number; both are answered with the current window. */
  private probe(): void {
    if (this.manner.byteProbes && this.next < this.end && this.world.random(2) === 0) {
      this.probed = this.next + 1;
      this.transmit(this.next, this.piece(this.next, 1));
    } else this.transmit(this.next - 1, '');
  }

  private ping(timer: number): void {
    if (this.isDone || this.una !== this.next || timer + 1 < this.timers) return;
    this.transmit(this.next - 1, this.manner.keepAlive === 1 ? '\0' : '');
  }

  /** After a pause, the application sends more. */
  private giveMore(): void {
    if (this.given >= this.data.length) return;
    this.world.after(SILENCE, () => {
      this.given = Math.min(this.given + this.manner.portion, this.data.length);
      this.pump();
      this.giveMore();
    });
  }
}
