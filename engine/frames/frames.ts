/**
 * The frames of one session: the open ones, and their bytes as they arrive. Tracked only if signatures or outputs use
 * frames.
 *
 * A parser opens a frame in the same run in which it reads its first byte: all data unread when the run began is still
 * available.
 */

import type { ApplicationSession } from '../application-layer.js';
import type { Protocol, Transaction } from '../protocol.js';
import { Frame } from './frame.js';
import { type FrameProtocol, STREAM_FRAME } from './frame-protocol.js';

/** Limits on the frames of a direction. */
export interface FrameLimits {
  /** Maximum open frames; beyond this the oldest is closed. */
  readonly open: number;
  /** Maximum bytes kept per frame. */
  readonly bytes: number;
}

interface FrameSide {
  open: Frame[];
  readonly changed: Set<Frame>;
  created: number;
  started: boolean;
}

const newSide = (): FrameSide => ({ open: [], changed: new Set(), created: 0, started: false });

export class Frames implements ApplicationSession<Frame> {
  readonly transactions: readonly Frame[] = [];
  readonly state = undefined;
  private readonly toServer = newSide();
  private readonly toClient = newSide();

  /**
   * @param streams whole streams are frames as well
   * @param inline those are reported as they grow; in IDS mode, when they end or reach the byte limit
   */
  constructor(
    readonly flow: number,
    private readonly owner: Protocol,
    readonly protocol: FrameProtocol,
    private readonly limits: FrameLimits,
    private readonly datagrams: boolean,
    private readonly streams: boolean,
    private readonly inline: boolean,
  ) {}

  /** Frames of a direction that changed since they were last reported. */
  changed(toServer: boolean): Set<Frame> {
    return this.side(toServer).changed;
  }

  /** Changes are pending to be reported. */
  get pending(): boolean {
    return this.toServer.changed.size > 0 || this.toClient.changed.size > 0;
  }

  /** One of them may still grow. */
  get hasOpen(): boolean {
    return this.toServer.open.length > 0 || this.toClient.open.length > 0;
  }

  /** See `Session.frame`. */
  open(
    type: string,
    toServer: boolean,
    offset: number,
    length: number,
    transaction: Transaction | undefined,
  ): Frame {
    return this.create(this.startedSide(toServer), type, toServer, offset, length, transaction);
  }

  /**
   * The parser ran on `bytes[start, start + available)`, which is the stream from `position` on.
   * @param read position up to which it read
   */
  consumed(
    toServer: boolean,
    position: number,
    bytes: Uint8Array,
    start: number,
    available: number,
    read: number,
  ): void {
    const side = this.startedSide(toServer);
    if (side.open.length === 0) return;
    let closed = false;
    for (const frame of side.open) {
      const end =
        frame.length >= 0 ? frame.offset + frame.length : frame.type === STREAM_FRAME ? Infinity : read;
      this.appendBytes(side, frame, position, bytes, start, Math.min(end, position + available));
      if (frame.isComplete) {
        this.close(side, frame);
        closed = true;
      }
    }
    if (closed) side.open = side.open.filter(frame => !frame.closed);
    // Not earlier: a run over a large segment may open many more, which it also completes.
    const surplus = side.open.length - this.limits.open;
    if (surplus > 0) for (const frame of side.open.splice(0, surplus)) this.close(side, frame);
  }

  /** No more data will arrive in this direction. */
  ended(toServer: boolean): void {
    const side = this.side(toServer);
    for (const frame of side.open) this.close(side, frame);
    side.open = [];
  }

  private side(toServer: boolean): FrameSide {
    return toServer ? this.toServer : this.toClient;
  }

  /** The first frame of a stream is the stream itself: its number is reserved whether or not it is used. */
  private startedSide(toServer: boolean): FrameSide {
    const side = this.side(toServer);
    if (side.started) return side;
    side.started = true;
    if (this.datagrams) return side;
    if (this.streams) this.create(side, STREAM_FRAME, toServer, 0, -1, undefined);
    else side.created++;
    return side;
  }

  private create(
    side: FrameSide,
    type: string,
    toServer: boolean,
    offset: number,
    length: number,
    transaction: Transaction | undefined,
  ): Frame {
    const { owner, datagrams } = this;
    const frame = new Frame(owner, type, ++side.created, toServer, offset, length, transaction, datagrams);
    side.open.push(frame);
    return frame;
  }

  /** Adds the bytes before `end` of a run over the stream from `position` on. */
  private appendBytes(
    side: FrameSide,
    frame: Frame,
    position: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const wanted = frame.offset + frame.received;
    if (position > wanted) this.addMissing(side, frame, position - wanted);
    const from = frame.offset + frame.received;
    if (end <= from) return;
    const room = Math.max(0, this.limits.bytes - frame.bytes.length);
    const first = start + from - position;
    if (room > 0) frame.bytes.append(bytes, first, first + Math.min(room, end - from));
    frame.received += end - from;
    this.markGrown(side, frame);
  }

  private addMissing(side: FrameSide, frame: Frame, bytes: number): void {
    const missing = frame.length < 0 ? bytes : Math.min(bytes, frame.length - frame.received);
    if (missing === 0) return;
    this.recordGap(frame, missing);
    frame.received += missing;
    this.markGrown(side, frame);
  }

  /** Only while bytes are kept: a stream may have any number of gaps. */
  private recordGap({ bytes, gaps }: Frame, missing: number): void {
    if (bytes.length >= this.limits.bytes) return;
    const last = gaps.at(-1);
    if (last?.at === bytes.length) last.missing += missing;
    else gaps.push({ at: bytes.length, missing });
  }

  private markGrown(side: FrameSide, frame: Frame): void {
    const waits = frame.type === STREAM_FRAME && !this.inline && frame.bytes.length < this.limits.bytes;
    if (!waits) side.changed.add(frame);
  }

  private close(side: FrameSide, frame: Frame): void {
    frame.close();
    side.changed.add(frame);
  }
}
