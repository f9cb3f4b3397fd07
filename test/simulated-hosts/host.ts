/** A TCP host (RFC 9293, timestamps and windows of RFC 7323, SACK of RFC 2018, Fast Open of RFC 7413). */
import type { Options } from '../stream-tracking/conversation.js';
import type { Manner } from './host-behaviour.js';
import { Receiver } from './receiver.js';
import { NEXT_CONNECTION, type Segment, type Side } from './segment.js';
import { type Flags, Sender } from './sender.js';
import type { World } from './world.js';

export class Host {
  /** One side has reset the connection. */
  isReset = false;
  private readonly receiver: Receiver;
  private readonly sender: Sender;
  private asked = false;
  private ackPending = false;

  constructor(
    private readonly side: Side,
    data: string,
    private readonly manner: Manner,
    private readonly world: World,
    private readonly connection: number,
  ) {
    this.receiver = new Receiver(manner, world, () => this.acknowledge());
    this.sender = new Sender(data, manner, world, (seq, bytes, flags) => this.transmit(seq, bytes, flags));
  }

  get received(): string {
    return this.receiver.received;
  }

  get isDone(): boolean {
    return this.isReset || (this.receiver.finReceived && this.sender.isDone);
  }

  begin(): void {
    if (this.manner.opens) this.open();
    if (this.manner.resetsAt < Number.POSITIVE_INFINITY) {
      this.world.after(this.manner.resetsAt, () => this.giveUp());
    }
  }

  arrives(given: Segment): void {
    const segment = this.inMyNumbers(given);
    if (segment.rst) this.receiveReset(segment);
    else if (this.isReset) this.answerByReset(segment);
    else if (segment.syn) this.receiveSyn(segment);
    else if (this.receiver.synchronized) this.receiveSegment(segment);
    else if (segment.ack !== undefined && !this.isMine(segment.ack)) this.answerByReset(segment);
  }

  /** Sequence numbers of earlier connections are below those of this one. */
  private inMyNumbers(segment: Segment): Segment {
    const shift = (segment.connection - this.connection) * NEXT_CONNECTION;
    if (shift === 0) return segment;
    return {
      ...segment,
      seq: segment.seq + shift,
      ack: segment.ack === undefined ? undefined : segment.ack + shift,
    };
  }

  private isMine(ack: number): boolean {
    return this.asked && ack > 0 && ack <= this.sender.next;
  }

  private open(): void {
    this.asked = true;
    this.sender.open();
  }

  private receiveSegment(segment: Segment): void {
    const { receiver, sender } = this;
    if (receiver.isOld(segment) || !receiver.isAcceptable(segment)) {
      this.acknowledge();
      return;
    }
    receiver.noteTimestamp(segment);
    if (!sender.takeAck(segment)) {
      this.acknowledge();
      return;
    }
    if (segment.data !== '' || segment.fin) this.takeData(segment);
    else if (segment.seq < receiver.next) this.acknowledge();
    sender.hear(receiver.received.length);
    if (receiver.finReceived) sender.speak();
    sender.pump();
  }

  private receiveSyn(segment: Segment): void {
    const { receiver, sender } = this;
    if (segment.ack !== undefined && !this.isMine(segment.ack)) {
      if (receiver.synchronized) this.acknowledge();
      else this.answerByReset(segment);
      return;
    }
    if (segment.seq !== 0) {
      if (receiver.synchronized) this.acknowledge();
      return;
    }
    const first = !receiver.synchronized;
    if (first) {
      receiver.synchronize(segment);
      sender.meet(segment);
      if (segment.data !== '' && this.manner.fastOpen > 0) receiver.take({ ...segment, seq: 1 });
    }
    if (segment.ack !== undefined) {
      sender.takeAck(segment);
      this.acknowledge();
      sender.pump();
    } else if (first && !this.asked) this.open();
    else if (sender.una > 0) this.acknowledge();
    else this.transmit(0, '', { syn: true });
  }

  private takeData(segment: Segment): void {
    const news = this.receiver.take(segment);
    if (news && this.world.random(2) === 0) this.acknowledgeLater();
    else this.acknowledge();
  }

  /** RFC 5961 section 3: only a reset with the expected number is accepted; others in the window are challenged. */
  private receiveReset(segment: Segment): void {
    const { receiver } = this;
    if (this.isReset) return;
    if (!receiver.synchronized) {
      if (segment.ack !== undefined && this.isMine(segment.ack)) this.isReset = true;
    } else if (segment.seq === receiver.next) this.isReset = true;
    else if (receiver.isAcceptable(segment)) this.acknowledge();
  }

  private giveUp(): void {
    if (this.isDone || !this.receiver.synchronized) return;
    this.isReset = true;
    this.emit(this.sender.next, this.receiver.next, '', {}, true);
  }

  /** RFC 9293 section 3.10.7.1: segments of a connection that no longer exists. */
  private answerByReset({ seq, ack, data, syn, fin }: Segment): void {
    if (ack !== undefined) this.emit(ack, undefined, '', {}, true);
    else this.emit(0, seq + data.length + (syn ? 1 : 0) + (fin ? 1 : 0), '', {}, true);
  }

  /** Whether both sides use timestamps, or may still agree to. */
  private stamps(syn: boolean): boolean {
    return this.manner.timestamps && (this.receiver.stamps || (syn && !this.receiver.synchronized));
  }

  private acknowledgeLater(): void {
    this.ackPending = true;
    this.world.after(this.world.random(40), () => {
      if (this.ackPending) this.acknowledge();
    });
  }

  private acknowledge(): void {
    if (!this.isReset) this.transmit(this.sender.next, '');
  }

  private transmit(seq: number, data: string, flags: Flags = {}): void {
    if (this.isReset) return;
    this.ackPending = false;
    this.emit(seq, this.receiver.synchronized ? this.receiver.next : undefined, data, flags, false);
  }

  private emit(seq: number, ack: number | undefined, data: string, flags: Flags, rst: boolean): void {
    const { syn = false, fin = false } = flags;
    const { connection, side: from } = this;
    const window = rst ? 0 : this.receiver.advertiseWindow(syn);
    this.world.send({
      from,
      seq,
      ack,
      syn,
      fin,
      rst,
      data,
      urgent: data !== '' && this.manner.urgent.includes(seq + data.length - 2),
      window,
      options: this.options(flags, rst),
      connection,
    });
  }

  private options({ syn = false, fastOpen = false }: Flags, rst: boolean): Options {
    const { manner, receiver } = this;
    const options: Options = {};
    if (rst) return options;
    if (this.stamps(syn)) options.ts = [1000 + Math.floor(this.world.now), receiver.recent];
    if (syn) {
      if (manner.scale !== undefined) options.scale = manner.scale;
      options.sackPermitted = manner.sack;
      if (fastOpen) options.fastOpen = 'biscuits';
    } else if (manner.sack) {
      const sack = receiver.sack();
      if (sack.length > 0) options.sack = sack;
    }
    return options;
  }
}
