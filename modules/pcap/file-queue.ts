/**
 * The captures a thread reads, in order: all of them where threads read together, else each is read by one of the
 * threads in turn.
 */
import { captureFiles, type FoundFile } from '../../engine/capture-file/file-list.js';
import { FolderWatch } from '../../engine/capture-file/folder-watch.js';
import type { Thread } from '../../engine/module.js';
import { CONTINUOUS, DELAY, FILES, PASSES, POLL_INTERVAL } from './options.js';

export interface FileQueue {
  /** No more files will follow. */
  readonly finished: boolean;
  /** Index of the last file returned, in the list of all. */
  readonly source: number;
  /** Files of all threads. */
  readonly length: number;
  /** How often all files were read before the last one returned. */
  readonly pass: number;
  /** The next file, undefined when none is available now. @param now milliseconds since the epoch */
  next(now: number): FoundFile | undefined;
}

export function fileQueue(thread: Thread, files: readonly FoundFile[], together: boolean): FileQueue {
  const { config, index, count } = thread;
  const folder = config.read(CONTINUOUS) ? watchedFolder(config.read(FILES)) : undefined;
  if (folder === undefined)
    return new ListQueue(files, together ? 0 : index, together ? 1 : count, config.read(PASSES));
  if (index > 0) return new ListQueue([], 0, 1, 1);
  return new WatchQueue(
    new FolderWatch(folder, config.read(DELAY) * 1000, config.read(POLL_INTERVAL) * 1000),
  );
}

function watchedFolder(paths: readonly string[]): string | undefined {
  return paths.length === 1 && captureFiles(paths, false)[0]?.path !== paths[0] ? paths[0] : undefined;
}

class ListQueue implements FileQueue {
  source: number;
  pass = 0;

  constructor(
    private readonly files: readonly FoundFile[],
    private readonly index: number,
    private readonly step: number,
    /** 0: unlimited. */
    private readonly passes: number,
  ) {
    this.source = index - step;
  }

  get length(): number {
    return this.files.length;
  }

  get finished(): boolean {
    const isLastPass = this.passes !== 0 && this.pass + 1 >= this.passes;
    return this.index >= this.files.length || (isLastPass && this.source + this.step >= this.files.length);
  }

  next(): FoundFile | undefined {
    if (this.finished) return undefined;
    this.source += this.step;
    if (this.source >= this.files.length) {
      this.source = this.index;
      this.pass++;
    }
    return this.files[this.source];
  }
}

/** A watched folder never ends; one thread reads it. */
class WatchQueue implements FileQueue {
  readonly finished = false;
  readonly pass = 0;
  readonly length = 0;
  source = -1;
  private ready: FoundFile[] = [];

  constructor(private readonly watch: FolderWatch) {}

  next(now: number): FoundFile | undefined {
    if (this.ready.length === 0) this.ready = this.watch.ready(now);
    const file = this.ready.shift();
    if (file) this.source++;
    return file;
  }
}
