/**
 * Deletes captures that were read (`pcap-file.delete-when-done`): once the last packet of a file has been returned,
 * so that it is known whether one of them had an alert. A file that could not be read completely is kept.
 */
import { unlinkSync } from 'node:fs';
import { isStandardInput } from '../../engine/capture-file/byte-input.js';
import type { Config } from '../../engine/config/config.js';
import type { Log, Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { DELETE } from './options.js';

interface Source {
  inFlight: number;
  keep: boolean;
  /** Set when the file was read to its end. */
  path?: string;
}

/** Whether captures are deleted at all. */
export function deletes(config: Config): boolean {
  const when = config.read(DELETE);
  return when !== 'no' && when !== 'false';
}

/** @returns undefined when files are not deleted */
export function fileRemoval(thread: Thread): FileRemoval | undefined {
  const { config } = thread;
  if (!deletes(config)) return undefined;
  const removal = new FileRemoval(thread.log, config.read(DELETE) === 'non-alerts');
  const { row } = thread.memory;
  thread.pool.onReturn.push(slot => removal.packetReturned(row, slot * Packet.INTS));
  return removal;
}

export class FileRemoval {
  private readonly sources = new Map<number, Source>();

  constructor(
    private readonly log: Log,
    private readonly keepAlerting: boolean,
  ) {}

  /** A packet of this source was acquired. */
  packetAcquired(source: number): void {
    this.at(source).inFlight++;
  }

  /** A packet of this thread's pool is done; packets derived from those of the file count for its alerts. */
  packetReturned(row: Int32Array, p: number): void {
    const source = this.sources.get(row[p + Packet.SOURCE]!);
    if (!source) return;
    if (row[p + Packet.ALERTS]! > 0 && this.keepAlerting) source.keep = true;
    if (row[p + Packet.PSEUDO] === Packet.PSEUDO_NONE) source.inFlight--;
  }

  keep(source: number): void {
    this.at(source).keep = true;
  }

  /** The file was read to its end. */
  read(source: number, path: string): void {
    this.at(source).path = path;
  }

  /** Deletes the files whose packets are all done. */
  removeReady(): void {
    for (const [number, source] of this.sources) {
      if (source.path === undefined || source.inFlight > 0) continue;
      this.sources.delete(number);
      if (!source.keep && !isStandardInput(source.path)) this.remove(source.path);
    }
  }

  private remove(path: string): void {
    try {
      unlinkSync(path);
      this.log.info(`${path}: deleted after reading`);
    } catch (error) {
      this.log.warning(`${path}: could not be deleted: ${(error as Error).message}`);
    }
  }

  private at(number: number): Source {
    let source = this.sources.get(number);
    if (!source) {
      source = { inFlight: 0, keep: false };
      this.sources.set(number, source);
    }
    return source;
  }
}
