/**
 * Files transferred in transactions: reports each one when it ends, and writes those to be stored into the
 * file store (layout 2: `SHA256[0,2)/SHA256`, with an optional record next to it).
 */

import type { ApplicationLayer, ClosedFile } from '../engine/application-layer.js';
import type { Batch } from '../engine/batch.js';
import type { Config } from '../engine/config/config.js';
import { outputEntries } from '../engine/config/output-list.js';
import { addEvent, EVENT_FILEINFO, isDroppedWithFlow } from '../engine/event.js';
import { fileInfo } from '../engine/files/file-record.js';
import { FILE_OPTIONS, type FileSettings, fileSettings } from '../engine/files/file-settings.js';
import { hashes } from '../engine/files/hashing.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import * as Packet from '../engine/packet.js';
import type { FilesToStore } from '../engine/protocol.js';
import { Store } from './file-store/store.js';

export default defineModule({
  summary: 'logs completed files, and stores those selected',
  kind: 'stage',
  after: ['app', 'detect'],
  together: ['app'],
  options: FILE_OPTIONS,
  create: thread => new FileStore(thread),
});

class FileStore implements ThreadModule {
  private settings: FileSettings;
  private readonly store: Store | undefined;
  private readonly layer: ApplicationLayer | undefined;
  private readonly counters: { lost: number; failed: number };

  constructor(private readonly thread: Thread) {
    this.layer = thread.services.get('application-layer') as ApplicationLayer | undefined;
    requireVersion(thread.config);
    this.settings = fileSettings(thread.config, thread.shared);
    if (!hashes(thread.config) && outputEntries(thread.config, 'file-store').length > 0)
      thread.warnOnce('file-store: hashing is disabled, no file is stored');
    this.store = this.settings.mayStore ? new Store(thread) : undefined;
    this.counters = {
      lost: thread.counters.declare('file_store.events_lost'),
      failed: thread.counters.declare('file_store.fs_errors'),
    };
  }

  /** The new rules may need other digests than the previous ones. */
  reload(shared: Thread['shared']): void {
    this.settings = fileSettings(this.thread.config, shared);
  }

  process(batch: Batch): void {
    const closed = this.layer?.closedFiles;
    if (!closed || closed.length === 0) return;
    let next = 0;
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      batch.keep(slot);
      while (next < closed.length && closed[next]!.slot === slot) this.logFile(batch, closed[next++]!);
    }
    batch.replace();
  }

  private logFile(batch: Batch, { slot, session, transaction, file, metadata }: ClosedFile): void {
    if (isDroppedWithFlow(this.thread.memory.row, slot)) return;
    const sids = requestingSids(file, transaction.storesFiles, session.storesFiles, transaction.id);
    const { store } = this;
    const id = store && (file.store || sids.length > 0) ? this.attempt(() => store.write(file)) : undefined;
    const logsFileinfo = this.thread.wants(EVENT_FILEINFO);
    if (id === undefined && !logsFileinfo) return;
    const { protocol } = session;
    const record = protocol.recordOfFile?.(transaction) ?? protocol.record(transaction, true);
    const info = `"fileinfo":${fileInfo(file, this.settings, transaction.id, { id, sids })}`;
    const members = record === '' ? info : `${record},${info}`;
    const forwarded = protocol.forwardedFor?.(transaction) ?? '';
    if (id !== undefined) {
      const where = { transaction: transaction.id, protocol: protocol.name };
      this.attempt(() => store!.describe(file, slot, where, members, forwarded));
    }
    if (!logsFileinfo) return;
    const event = addEvent(
      this.thread,
      batch,
      EVENT_FILEINFO,
      slot,
      [members, forwarded, metadata].filter(text => text).join(),
    );
    if (event < 0) {
      this.thread.counters.values[this.counters.lost]!++;
      return;
    }
    const { row } = this.thread.memory;
    const e = event * Packet.INTS;
    row[e + Packet.EVENT_TRANSACTION] = transaction.id;
    // The record's source is the sender of the file.
    const state = row[e + Packet.FLOW_STATE]! & ~Packet.FLOW_TO_SERVER;
    row[e + Packet.FLOW_STATE] = state | (file.toServer ? Packet.FLOW_TO_SERVER : 0);
  }

  /** @returns the result of `write`, or undefined when writing failed: this is counted, and logged once */
  private attempt<T>(write: () => T): T | undefined {
    try {
      return write();
    } catch (error) {
      this.thread.counters.values[this.counters.failed]!++;
      this.thread.warnOnce(`a file could not be stored: ${(error as Error).message}`);
      return undefined;
    }
  }
}

/** Sids of the signatures that request the file to be stored. */
function requestingSids(
  { toServer }: ClosedFile['file'],
  ofTransaction: FilesToStore | undefined,
  ofAll: FilesToStore | undefined,
  transaction: number,
): number[] {
  const lists = [ofTransaction, transaction >= (ofAll?.from ?? 0) ? ofAll : undefined];
  return [...new Set(lists.flatMap(list => (toServer ? list?.toServer : list?.toClient) ?? []))];
}

/** An entry without a version means layout 1. */
function requireVersion(config: Config): void {
  if (outputEntries(config, 'file-store').some(entry => entry.at('version') === undefined))
    throw new Error('file-store: version 1 is no longer supported; expected "version: 2"');
}
