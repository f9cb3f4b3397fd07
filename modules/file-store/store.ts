/** The folder of stored files. */
import { createHash } from 'node:crypto';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { boolean } from '../../engine/config/option.js';
import { logPath, outputEntries } from '../../engine/config/output-list.js';
import { STORE_DIR } from '../../engine/files/file-settings.js';
import type { TrackedFile } from '../../engine/files/tracked-file.js';
import * as Flow from '../../engine/flow/flow-record.js';
import { makeFolder } from '../../engine/make-folder.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { type ForwardedFor, forwardedForKey, storeForwardedFor } from '../../engine/record/forwarded-for.js';
import { writeWholeFile } from '../../engine/whole-file.js';
import { type HeadOf, recordHead } from './record-head.js';

export class Store {
  private readonly folder: string;
  private readonly writesRecords: boolean;
  private readonly forwardedFor: ForwardedFor | undefined;
  private readonly stored: number;
  private next = 1;

  constructor(private readonly thread: Thread) {
    const { config } = thread;
    const settings = outputEntries(config, 'file-store')[0]!;
    const dir = settings.at('dir');
    this.folder = logPath(config, dir === undefined || dir === null ? STORE_DIR.fallback : String(dir));
    this.writesRecords = boolean.parse(settings.at('write-fileinfo') ?? false) === true;
    this.forwardedFor = storeForwardedFor(config);
    this.stored = thread.counters.declare('file_store.stored');
    makeFolder(this.folder);
  }

  /** Writes the file under its digest. @returns its number @throws on write errors */
  write(file: TrackedFile): number {
    if (!file.storedCompletely)
      this.thread.warnOnce('file-store: a file is larger than max-file-size and was truncated');
    const digest = digestOf(file);
    const folder = join(this.folder, digest.slice(0, 2));
    const path = join(folder, digest);
    makeFolder(folder);
    const now = new Date();
    if (existsSync(path)) {
      utimesSync(path, now, now);
    } else {
      writeWholeFile(path, `${path}.${this.thread.index}.tmp`, Buffer.concat(file.chunks));
    }
    this.thread.counters.values[this.stored]!++;
    return this.next++;
  }

  /**
   * Writes the record next to the file, where enabled.
   * @param where the file was transferred: transaction number, name of the protocol
   * @param members of the record
   * @param forwarded original client of a proxy: `"xff":{…}` or nothing
   */
  describe(
    file: TrackedFile,
    slot: number,
    where: Pick<HeadOf, 'transaction' | 'protocol'>,
    members: string,
    forwarded: string,
  ): void {
    if (!this.writesRecords) return;
    const { row } = this.thread.memory;
    const p = slot * Packet.INTS;
    const digest = digestOf(file);
    const start = Flow.startSecondsOf(this.thread.flows.row, row[p + Packet.FLOW]! * Flow.INTS);
    const seconds = Packet.secondsOf(row, p) || start;
    const path = join(this.folder, digest.slice(0, 2), `${digest}.${seconds}.${this.next - 1}.json`);
    const client = this.forwardedFor && addressIn(forwarded, this.forwardedFor);
    const overwrites = this.forwardedFor?.mode === 'overwrite';
    const of = { ...where, toServer: file.toServer };
    const head = recordHead(this.thread, slot, of, overwrites ? client : undefined);
    const extra = client === undefined || overwrites ? '' : `,"xff":"${client}"`;
    writeFileSync(path, `{${head},${members}${extra}}\n`);
  }
}

/** @param forwarded `"xff":{…}` or nothing */
function addressIn(forwarded: string, wanted: ForwardedFor): string | undefined {
  const { xff } = JSON.parse(`{${forwarded}}`) as { xff?: Record<string, string> };
  return xff?.[forwardedForKey(wanted)];
}

/** A truncated file has no digest of the whole, and a large one is not stored completely: the stored part names it. */
function digestOf(file: TrackedFile): string {
  const known = file.digest('sha256');
  if (known !== undefined && file.storedCompletely) return known;
  const hash = createHash('sha256');
  for (const chunk of file.chunks) hash.update(chunk);
  return hash.digest('hex');
}
