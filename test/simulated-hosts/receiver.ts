/** The receiving half of a host: what it accepts, what it delivers to its application, and the window it announces. */
import type { Manner } from './host-behaviour.js';
import type { Segment } from './segment.js';
import type { World } from './world.js';

export class Receiver {
  /** Data delivered to the application. */
  received = '';
  synchronized = false;
  /** Next expected sequence number (RCV.NXT). */
  next = 0;
  finReceived = false;
  /** The other side sends timestamps. */
  stamps = false;
  /** TS.Recent of RFC 7323. */
  recent = 0;
  private unread = 0;
  private lastAck = 0;
  /** Right edge of the last announced window. */
  private edge = 0;
  private waiting: Segment[] = [];
  /** A duplicate reported by SACK (RFC 2883). */
  private duplicate: readonly [number, number] | undefined;

  constructor(
    private readonly manner: Manner,
    private readonly world: World,
    /** The window has opened again. */
    private readonly onRoom: () => void,
  ) {}

  synchronize(segment: Segment): void {
    this.synchronized = true;
    this.next = 1;
    this.lastAck = 1;
    this.edge = 1 + this.room;
    this.stamps = segment.options.ts !== undefined;
    this.recent = segment.options.ts?.[0] ?? 0;
  }

  /** RFC 7323 section 5.3. */
  isOld({ options: { ts } }: Segment): boolean {
    return ts !== undefined && ts[0] < this.recent;
  }

  noteTimestamp({ seq, options: { ts } }: Segment): void {
    if (ts && seq <= this.lastAck && ts[0] > this.recent) this.recent = ts[0];
  }

  /** As in Linux: acknowledgments are accepted even if the window is closed. */
  isAcceptable({ seq, data, fin }: Segment): boolean {
    return seq + data.length + (fin ? 1 : 0) >= this.lastAck && seq <= Math.max(this.edge, this.next);
  }

  /** @returns whether anything was new */
  take(segment: Segment): boolean {
    const end = segment.seq + segment.data.length + (segment.fin ? 1 : 0);
    if (end <= this.next) this.duplicate = [segment.seq, end];
    if (end <= this.next || segment.seq >= this.edge + (segment.fin ? 1 : 0)) return false;
    this.waiting.push(segment);
    const before = this.next;
    for (let again = true; again; ) {
      again = false;
      for (const one of this.waiting) again = this.takeInOrder(one) || again;
    }
    this.waiting = this.waiting.filter(one => one.seq + one.data.length > this.next);
    return this.next > before;
  }

  /** The current window, as on the wire. It is unscaled in a SYN only. */
  advertiseWindow(syn: boolean): number {
    const scale = syn ? 0 : (this.manner.scale ?? 0);
    const kept = !syn && this.manner.shrinks && this.world.random(3) === 0 ? this.world.random(100) : 100;
    const wire = Math.min(65535, Math.floor((this.room * kept) / 100) >> scale);
    this.lastAck = this.next;
    this.edge = this.manner.shrinks
      ? Math.max(this.edge, this.next + (wire << scale))
      : this.next + (wire << scale);
    return wire;
  }

  /** Data that waits behind gaps (RFC 2018), at most three blocks. */
  sack(): (readonly [number, number])[] {
    const blocks: [number, number][] = [];
    for (const { seq, data } of [...this.waiting].sort((a, b) => a.seq - b.seq)) {
      if (data === '' || seq <= this.next) continue;
      const last = blocks.at(-1);
      if (last && seq <= last[1]) last[1] = Math.max(last[1], seq + data.length);
      else blocks.push([seq, seq + data.length]);
    }
    const first = this.duplicate ? [this.duplicate] : [];
    this.duplicate = undefined;
    return [...first, ...blocks].slice(0, 2);
  }

  private get room(): number {
    return Math.max(0, this.manner.buffer - this.unread);
  }

  private takeInOrder({ seq, data, fin }: Segment): boolean {
    if (seq > this.next || this.finReceived) return false;
    const rest = data.slice(this.next - seq, Math.max(this.next, this.edge) - seq);
    if (rest !== '') {
      this.received += rest;
      this.next += rest.length;
      this.unread += rest.length;
      this.readLater(rest.length);
    }
    if (fin && this.next === seq + data.length) {
      this.finReceived = true;
      this.next++;
    }
    return rest !== '' || this.finReceived;
  }

  private readLater(length: number): void {
    const { random } = this.world;
    this.world.after(random(5) === 0 ? 2000 : random(5), () => {
      const wasClosed = this.room < this.manner.buffer / 8;
      this.unread -= length;
      if (wasClosed) this.onRoom();
    });
  }
}
