/** Fills batches from one capture after the other. */
import { existsSync } from 'node:fs';
import type { Batch } from '../../engine/batch.js';
import { BlockWindow, END, WAIT } from '../../engine/capture-file/block-window.js';
import { openInput } from '../../engine/capture-file/byte-input.js';
import { CaptureError } from '../../engine/capture-file/capture-error.js';
import { emptyPacket } from '../../engine/capture-file/capture-format.js';
import { CaptureReader } from '../../engine/capture-file/capture-reader.js';
import { captureFiles, type FoundFile } from '../../engine/capture-file/file-list.js';
import { compileFilter, type PacketFilter } from '../../engine/capture-file/filter.js';
import { reportingOnce } from '../../engine/flow/flow-share.js';
import type { Thread, ThreadModule } from '../../engine/module.js';
import { packetsAtOnce } from '../../engine/packet/packets-at-once.js';
import * as Packet from '../../engine/packet.js';
import type { Pace } from '../../engine/thread/pace.js';
import { type FileQueue, fileQueue } from './file-queue.js';
import { type FileRemoval, fileRemoval } from './file-removal.js';
import { readMerged } from './merged-reading.js';
import { BUFFER_SIZE, CONTINUOUS, DAMAGED, FILES, FILTER, RECURSIVE, SEPARATE } from './options.js';
import { Repetition } from './repetition.js';
import { Separation } from './separation.js';

/** How long one wait for other threads may take. */
const AWAIT_OTHERS_MS = 1000;

/** @throws Error when a file or folder does not exist */
export function acquirePcap(thread: Thread): ThreadModule {
  const { config } = thread;
  const files = captureFiles(config.read(FILES), config.read(RECURSIVE));
  const together = readMerged(thread, files);
  const pace = together ? thread.pace : undefined;
  return new PcapAcquire(
    reportingOnce(thread),
    fileQueue(thread, files, together),
    fileRemoval(thread),
    pace,
  );
}

class PcapAcquire implements ThreadModule {
  private reader: CaptureReader | undefined;
  private file: FoundFile | undefined;
  /** A followed file that has been replaced by another one. */
  private again: FoundFile | undefined;
  private source = -1;
  /** Number of the last packet: of all captures or, if they are independent, of this one. */
  private packets = 0;
  private position = 0;
  private readonly packet = emptyPacket();
  private readonly repetition = new Repetition();
  private readonly separation: Separation | undefined;
  private readonly filter: PacketFilter | undefined;
  private readonly readSize: number;
  private readonly follow: boolean;
  private readonly most: number;
  /** Slots reserved for packets created by the following modules: events, inner packets, stream data. */
  private readonly reserve: number;
  private readonly count: Record<'files' | 'bytes' | 'errors' | 'filtered', number>;

  constructor(
    private readonly thread: Thread,
    private readonly queue: FileQueue,
    private readonly removal: FileRemoval | undefined,
    /** Set when other threads read the same captures. */
    private readonly pace: Pace | undefined,
  ) {
    const { config, counters } = thread;
    if (config.read(SEPARATE)) this.separation = new Separation(thread);
    this.filter = compileFilter(config.read(FILTER));
    this.readSize = Math.min(Math.max(config.read(BUFFER_SIZE), 4096), 64 * 1024 * 1024);
    this.follow = config.read(CONTINUOUS);
    this.most = packetsAtOnce(config);
    this.reserve = thread.pool.range.slots >> 2;
    this.count = {
      files: counters.declare('pcap_file.files'),
      bytes: counters.declare('pcap_file.bytes'),
      errors: counters.declare('pcap_file.errors'),
      filtered: counters.declare('pcap_file.filtered_bpf'),
    };
  }

  get finished(): boolean {
    return !this.reader && !this.again && this.queue.finished;
  }

  process(batch: Batch): void {
    if (!this.keepsPace()) return;
    const { pass } = this.queue;
    // An endless loop over captures without packets must not keep the thread from being stopped.
    while (
      this.queue.pass === pass &&
      batch.length < this.most &&
      this.thread.pool.available > this.reserve
    ) {
      if (!this.reader && !this.openNext(batch)) break;
      const step = this.read();
      if (step === WAIT) break;
      if (step === END) this.ended();
      else if (!this.filter || this.accepted()) this.add(batch);
    }
    this.countBytes();
    this.removal?.removeReady();
  }

  /** Waits for threads that read the same captures and are far behind. @returns whether they have caught up */
  private keepsPace(): boolean {
    const { pace, thread } = this;
    if (!pace) return true;
    pace.setProgress(this.packets);
    return thread.waitUntil!(() => !pace.isAhead, AWAIT_OTHERS_MS);
  }

  end(): void {
    this.removal?.removeReady();
  }

  close(): void {
    this.closeFile(false);
    this.removal?.removeReady();
  }

  private openNext(batch: Batch): boolean {
    if (this.again) return this.openAgain(this.again);
    const file = this.queue.next(Date.now());
    if (!file) return false;
    this.file = file;
    this.source = this.queue.source;
    if (this.separation?.begin(batch, this.source + this.queue.pass * this.queue.length)) this.packets = 0;
    this.repetition.begin(this.queue.pass);
    this.open(file);
    return true;
  }

  private openAgain(file: FoundFile): boolean {
    if (!existsSync(file.path)) return false;
    this.again = undefined;
    this.file = file;
    this.open(file);
    return true;
  }

  private open(file: FoundFile): void {
    try {
      const { memory, pool } = this.thread;
      const input = openInput(file.path, this.follow && !file.found);
      this.reader = new CaptureReader(new BlockWindow(memory, pool, input, this.readSize));
    } catch (error) {
      this.failed(error);
    }
  }

  /** A followed file that was replaced is read from its beginning. */
  private ended(): void {
    const changed = this.reader?.window.input.changed;
    if (changed === undefined) {
      this.closeFile(true);
      return;
    }
    this.again = this.file;
    this.thread.log.notice(`${this.file!.path}: ${changed}, reading it from its beginning`);
    this.thread.counters.values[this.count.files]!++;
    this.closeFile(false);
  }

  /** Reads one packet. @returns END, WAIT, or READY (see `block-window.ts`); a damaged file is logged and ends */
  private read(): number {
    if (!this.reader) return END;
    try {
      return this.reader.next(this.packet);
    } catch (error) {
      this.failed(error);
      return END;
    }
  }

  private failed(error: unknown): void {
    const message =
      error instanceof CaptureError ? error.message : `${this.file!.path}: ${(error as Error).message}`;
    const tolerated = this.thread.config.read(DAMAGED) === 'warning';
    this.removal?.keep(this.source);
    if (tolerated || (error instanceof CaptureError && error.foreign && this.file!.found))
      this.thread.log.warning(message);
    else {
      this.thread.counters.values[this.count.errors]!++;
      this.thread.log.error(message);
    }
  }

  private accepted(): boolean {
    const { data, length, wireLength, linkType } = this.packet;
    if (this.filter!(this.thread.memory.bytes, data, length, wireLength, linkType)) return true;
    this.thread.counters.values[this.count.filtered]!++;
    return false;
  }

  private add(batch: Batch): void {
    const { pool, memory } = this.thread;
    const { packet } = this;
    const slot = pool.take();
    const { row } = memory;
    const p = slot * Packet.INTS;
    row[p + Packet.DATA] = packet.data;
    row[p + Packet.LENGTH] = packet.length;
    row[p + Packet.WIRE_LENGTH] = packet.wireLength;
    row[p + Packet.LINK_TYPE] = packet.linkType;
    row[p + Packet.SECONDS] = this.repetition.time(packet.seconds);
    row[p + Packet.NANOSECONDS] = packet.nanoseconds;
    row[p + Packet.NUMBER] = ++this.packets;
    row[p + Packet.SOURCE] = this.source;
    pool.attach(slot, this.reader!.window.block);
    batch.push(slot);
    this.removal?.packetAcquired(this.source);
  }

  private countBytes(): void {
    if (!this.reader) return;
    const position = this.reader.window.fileOffset;
    this.thread.counters.values[this.count.bytes]! += position - this.position;
    this.position = position;
  }

  private closeFile(whole: boolean): void {
    if (!this.file) return;
    this.countBytes();
    this.reader?.close();
    this.reader = undefined;
    this.position = 0;
    if (whole) {
      this.thread.counters.values[this.count.files]!++;
      this.removal?.read(this.source, this.file.path);
    }
    this.file = undefined;
  }
}
