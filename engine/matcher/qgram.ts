/**
 * Matching of literals in pure TypeScript: a bitmap of q-grams finds candidate positions, which are then compared byte
 * by byte. Streams keep the last bytes of earlier data, one less than the longest pattern.
 */
import type { Matcher, Pattern, PatternSet, SharedDatabase } from '../matcher.js';
import type { Memory } from '../memory.js';
import { JOB_INTS } from '../native/patterns.js';
import { MatchList } from './match-list.js';
import { compileTables } from './qgram-compile.js';
import { QgramScan } from './qgram-scan.js';
import { QgramStreams } from './qgram-streams.js';
import { openTables, readTables, type Tables } from './qgram-tables.js';

interface Database {
  readonly tables: Tables;
  readonly scan: QgramScan;
  readonly streams: QgramStreams;
}

interface Stream {
  readonly database: Database;
  /** Its number among the streams of its database. */
  readonly number: number;
}

export class QgramMatcher implements Matcher {
  readonly kind = 'qgram';
  private readonly databases: (Database | undefined)[] = [undefined];
  private readonly streams: (Stream | undefined)[] = [undefined];
  private readonly freeStreams: number[] = [];
  private readonly list = new MatchList();

  constructor(private readonly memory: Memory) {}

  get matches(): Uint32Array {
    return this.list.triples;
  }

  compile(patterns: readonly Pattern[], streaming: boolean): number {
    return this.open(compileTables(patterns, streaming));
  }

  compileAll(sets: readonly PatternSet[]): number[] {
    return sets.map(({ patterns, streaming }) => this.compile(patterns, streaming));
  }

  release(number: number): void {
    this.databaseOf(number);
    this.databases[number] = undefined;
  }

  size(number: number): { bytes: number; streamBytes: number } {
    const { tables, streams } = this.databaseOf(number);
    return { bytes: tables.buffer.byteLength, streamBytes: tables.streaming ? streams.keep : 0 };
  }

  exportDatabase(number: number): SharedDatabase {
    return { kind: this.kind, tables: this.databaseOf(number).tables.buffer };
  }

  importDatabase(shared: SharedDatabase): number {
    if (shared.kind !== 'qgram') throw new Error(`a database of ${shared.kind} cannot be used without it`);
    return this.open(openTables(shared.tables));
  }

  serialize(number: number): Uint8Array {
    return new Uint8Array(this.databaseOf(number).tables.buffer).slice();
  }

  deserialize(bytes: Uint8Array): number {
    return this.open(readTables(bytes));
  }

  openStream(number: number): number {
    const database = this.databaseOf(number);
    if (!database.tables.streaming) throw new Error(`database ${number} is not for streams`);
    const stream = this.freeStreams.pop() ?? this.streams.length;
    this.streams[stream] = { database, number: database.streams.open() };
    return stream;
  }

  closeStream(stream: number): void {
    const { database, number } = this.streamOf(stream);
    database.streams.close(number);
    this.streams[stream] = undefined;
    this.freeStreams.push(stream);
  }

  scan(jobs: Uint32Array, count: number): number {
    if (count * JOB_INTS > jobs.length) throw new Error('count is more than jobs holds');
    this.list.clear();
    for (let job = 0; job < count; job++) {
      const at = job * JOB_INTS;
      const from = jobs[at + 2]!;
      const to = from + jobs[at + 3]!;
      if (to > this.memory.bytes.length) throw new Error(`job ${job} reaches beyond the bytes`);
      if (jobs[at + 1] === 0) this.scanBlock(job, jobs[at]!, from, to);
      else this.scanStream(job, jobs[at + 1]!, from, to);
    }
    return this.list.count;
  }

  private scanBlock(job: number, number: number, from: number, to: number): void {
    const { scan, tables } = this.databaseOf(number);
    if (tables.streaming) throw new Error(`database ${number} is for streams only`);
    scan.begin(job);
    scan.scan(this.memory.bytes, this.memory.view, from, to, from);
  }

  private scanStream(job: number, stream: number, from: number, to: number): void {
    const { database, number } = this.streamOf(stream);
    const { scan, streams } = database;
    const kept = streams.kept(number);
    scan.begin(job);
    if (kept > 0)
      scan.scan(streams.bytes, streams.view, 0, streams.join(number, this.memory.bytes, from, to), kept);
    if (kept === 0 || to - from > streams.keep)
      scan.scan(this.memory.bytes, this.memory.view, from, to, from);
    streams.remember(number, this.memory.bytes, from, to);
  }

  private open(tables: Tables): number {
    const free = this.databases.indexOf(undefined, 1);
    const number = free < 0 ? this.databases.length : free;
    const streams = new QgramStreams(tables.longest - 1);
    this.databases[number] = { tables, scan: new QgramScan(tables, this.list), streams };
    return number;
  }

  private databaseOf(number: number): Database {
    const database = number === 0 ? undefined : this.databases[number];
    if (!database) throw new Error(`there is no database ${number}`);
    return database;
  }

  private streamOf(stream: number): Stream {
    const open = this.streams[stream];
    if (!open) throw new Error(`there is no stream ${stream}`);
    return open;
  }
}
