/**
 * The driver of the package `nfqueue` (node-nfqueue), for comparison: it copies each packet, and calls back for each
 * one in the main thread. From there packets are passed to the threads through shared memory, and verdicts come back.
 *
 * The package is not installed with Sluice, because it links libnetfilter_queue (GPL): it is loaded if it is selected
 * and installed.
 */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import * as Queue from '../../../engine/native/queue.js';
import type { Native } from '../../../engine/native.js';
import { NF_ACCEPT, NF_DROP } from '../answers.js';
import type { Driver, QueueLink } from '../driver.js';
import type { Cells } from './cells.js';
import {
  allocateLink,
  type NodeLink,
  PACKETS_BELL,
  packetCells,
  ring,
  VERDICTS_BELL,
  verdictCells,
} from './node-link.js';

const PACKAGE = 'nfqueue';

/** Packet as passed by the package. */
export interface NodePacket {
  readonly info: {
    readonly id: number;
    readonly len: number;
    readonly nfmark: number;
    readonly indev: number;
    readonly outdev: number;
  };
  readonly payload: Uint8Array;
  setVerdict(verdict: number, mark?: number | null, payload?: Uint8Array): void;
}

export interface NodeNfqueue {
  createQueueHandler(queue: number, bufferSize: number, callback: (packet: NodePacket) => void): unknown;
}

/**
 * @param from folder in which the package is searched when it is not installed next to Sluice
 * @throws Error that says how to install it
 */
export function loadPackage(from: string): NodeNfqueue {
  let problem = 'it is not installed';
  for (const place of [import.meta.url, resolve(from, 'any.js')]) {
    try {
      return createRequire(place)(PACKAGE) as NodeNfqueue;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') problem = (error as Error).message;
    }
  }
  throw new Error(
    `nfq.driver is node-nfqueue, but the package ${PACKAGE} cannot be loaded: ${problem.split('\n')[0]}. ` +
      `Install it with: apt-get install libnetfilter-queue-dev && npm install --no-save --save-optional ${PACKAGE} ` +
      '(it is licensed under the GPL), or use nfq.driver: netlink',
  );
}

export class NodeNfqueueDriver implements Driver {
  private readonly queues: NodeQueue[] = [];
  private readonly buffer = new SharedArrayBuffer(8);
  private readonly bells = new Int32Array(this.buffer);
  private closed = false;

  constructor(
    private readonly native: Pick<Native, 'clockNow'>,
    private readonly nfqueue: NodeNfqueue,
  ) {
    this.listen();
  }

  open(queue: number, settings: Queue.QueueSettings): QueueLink {
    const link = allocateLink(settings.copyRange, this.buffer);
    const policy = settings.failOpen ? NF_ACCEPT : NF_DROP;
    const opened = new NodeQueue(this.native, link, policy);
    this.nfqueue.createQueueHandler(queue, settings.receiveBuffer, packet => {
      opened.receive(packet);
      ring(this.bells, PACKETS_BELL);
    });
    this.queues.push(opened);
    return link;
  }

  /** The package binds a queue when it opens it. */
  begin(): void {}

  /** The package cannot close a queue: it keeps the process alive, so the process must be ended explicitly. */
  close(): void {
    this.closed = true;
    for (const queue of this.queues) queue.sendVerdicts();
    if (this.queues.length > 0) setTimeout(() => process.exit(), LAST_LINES_MS);
  }

  private listen(): void {
    if (this.closed) return;
    const heard = Atomics.load(this.bells, VERDICTS_BELL);
    for (const queue of this.queues) queue.sendVerdicts();
    const rung = Atomics.waitAsync(this.bells, VERDICTS_BELL, heard);
    if (rung.async) void rung.value.then(() => this.listen());
    else setImmediate(() => this.listen());
  }
}

/** Time for the last log lines to be written. */
const LAST_LINES_MS = 50;

/** A queue as the main thread sees it. */
class NodeQueue {
  private readonly pending = new Map<number, NodePacket>();
  private readonly words = new Uint32Array(Queue.QUEUED_INTS);
  private readonly now = new Uint32Array(2);
  private readonly packets: Cells;
  private readonly verdicts: Cells;

  constructor(
    private readonly native: Pick<Native, 'clockNow'>,
    private readonly link: NodeLink,
    private readonly policy: number,
  ) {
    this.packets = packetCells(link);
    this.verdicts = verdictCells(link);
  }

  /** If there is no space for it, the packet gets the policy of a full queue. */
  receive(packet: NodePacket): void {
    const { now, words } = this;
    const { info } = packet;
    // The package makes the kernel copy the whole packet.
    const payload = packet.payload.subarray(0, this.link.largest);
    this.native.clockNow(now);
    words[Queue.QUEUED_ID] = info.id;
    words[Queue.QUEUED_LENGTH] = payload.length;
    words[Queue.QUEUED_WIRE_LENGTH] = info.len;
    words[Queue.QUEUED_MARK] = info.nfmark;
    words[Queue.QUEUED_IN] = info.indev;
    words[Queue.QUEUED_OUT] = info.outdev;
    words[Queue.QUEUED_SECONDS] = now[0]!;
    words[Queue.QUEUED_NANOSECONDS] = now[1]!;
    // The kernel does not report which checksums are not filled in yet.
    words[Queue.QUEUED_FLAGS] = Queue.QUEUED_FLAG_NO_CHECKSUM;
    if (this.packets.write(words, 0, payload)) this.pending.set(info.id, packet);
    else packet.setVerdict(this.policy);
  }

  /** Sends the kernel the verdicts that threads have written. */
  sendVerdicts(): void {
    const { verdicts } = this;
    for (let left = verdicts.readable; left > 0; left--) {
      const id = verdicts.word(Queue.VERDICT_ID);
      const flags = verdicts.word(Queue.VERDICT_FLAGS);
      if (flags & Queue.VERDICT_UP_TO_HERE) this.sendVerdictsUpTo(id);
      else this.sendVerdict(id, flags);
      verdicts.release();
    }
  }

  /** Ids ascend, and so do those of a map's keys. */
  private sendVerdictsUpTo(last: number): void {
    for (const id of this.pending.keys()) {
      if ((last - id) >> 31 !== 0) return;
      this.sendVerdict(id, 0);
    }
  }

  private sendVerdict(id: number, flags: number): void {
    const packet = this.pending.get(id);
    if (!packet) return;
    this.pending.delete(id);
    const { verdicts } = this;
    const mark = flags & Queue.VERDICT_SET_MARK ? verdicts.word(Queue.VERDICT_MARK) : null;
    const changed = (flags & Queue.VERDICT_WITH_PAYLOAD) !== 0;
    const answer = verdicts.word(Queue.VERDICT_ANSWER);
    if (!changed) packet.setVerdict(answer, mark);
    else packet.setVerdict(answer, mark, Buffer.from(verdicts.bytes(verdicts.word(Queue.VERDICT_LENGTH))));
  }
}
