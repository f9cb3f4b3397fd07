/**
 * The pattern scan of a batch: jobs are collected for all packets, scanned in one call, and read back in the order
 * in which they were added.
 */
import { JOB_INTS, MATCH_INTS, type Matcher } from '../../engine/matcher.js';
import * as Header from '../../signatures/compile/header.js';
import type { RuleSetImage } from '../../signatures/compile/image.js';
import type { NumberList } from './number-list.js';

const FIRST_JOBS = 1024;

export class Scan {
  /** Jobs added since `clear`. */
  count = 0;
  /** Bytes of all jobs so far. */
  bytes = 0;
  private jobs = new Uint32Array(FIRST_JOBS * JOB_INTS);
  /** Search of each job, and the position of its data in its buffer or stream. */
  private searches = new Uint32Array(FIRST_JOBS);
  private positions = new Float64Array(FIRST_JOBS);
  private found = 0;
  private next = 0;
  /** Numbers of the image's databases in this matcher. */
  private readonly databases: number[];
  /** Numbers of released databases: they will be reused for others. */
  readonly released = new Set<number>();

  /** @param imported numbers of databases by their key: those of the previous rules are reused */
  constructor(
    private readonly matcher: Matcher,
    private readonly image: RuleSetImage,
    imported: Map<string, number>,
  ) {
    this.databases = image.databases.map(({ key, shared }) => {
      const number = imported.get(key) ?? matcher.importDatabase(shared);
      imported.set(key, number);
      return number;
    });
    // Databases that no rule uses any more are released.
    const used = new Set(image.databases.map(database => database.key));
    for (const [key, number] of imported) {
      if (used.has(key)) continue;
      imported.delete(key);
      matcher.release(number);
      this.released.add(number);
    }
  }

  clear(): void {
    this.count = 0;
    this.found = 0;
    this.next = 0;
  }

  /** Opens a stream for a search in streaming mode. */
  openStream(search: number): number {
    return this.matcher.openStream(this.databaseOf(search));
  }

  /** Number of a search's database in the matcher. */
  databaseOf(search: number): number {
    return this.databases[this.image.searches.databases[search]!]!;
  }

  closeStream(stream: number): void {
    this.matcher.closeStream(stream);
  }

  /**
   * @param stream 0 for complete data
   * @param position of the data in its buffer or stream
   * @returns number of the job
   */
  add(search: number, stream: number, offset: number, length: number, position: number): number {
    if (this.count === this.searches.length) this.grow();
    const job = this.count++;
    const j = job * JOB_INTS;
    this.jobs[j] = this.databaseOf(search);
    this.jobs[j + 1] = stream;
    this.jobs[j + 2] = offset;
    this.jobs[j + 3] = length;
    this.searches[job] = search;
    this.positions[job] = position;
    this.bytes += length;
    return job;
  }

  run(): void {
    this.next = 0;
    this.found = this.count === 0 ? 0 : this.matcher.scan(this.jobs, this.count);
  }

  /** Whether a job up to `job` has matches that were not read. */
  hasMatches(job: number): boolean {
    return this.next < this.found && this.matcher.matches[this.next * MATCH_INTS]! <= job;
  }

  /**
   * Adds the candidates of a job to a list. Jobs must be read in order.
   * @param ends receives, for each candidate, where its pattern ended (position in the buffer or stream)
   */
  read(job: number, candidates: NumberList, ends?: NumberList): void {
    const { matches } = this.matcher;
    while (this.next < this.found) {
      const m = this.next * MATCH_INTS;
      if (matches[m]! > job) return;
      this.next++;
      if (matches[m] === job) this.addSignatures(job, matches[m + 1]!, matches[m + 2]!, candidates, ends);
    }
  }

  private addSignatures(
    job: number,
    id: number,
    end: number,
    candidates: NumberList,
    ends?: NumberList,
  ): void {
    const { searches, patterns, header } = this.image;
    const pattern = searches.meaning[searches.starts[this.searches[job]!]! + id]!;
    const position = this.positions[job]! + end;
    const last = patterns.starts[pattern + 1]!;
    for (let i = patterns.starts[pattern]!; i < last; i++) {
      const signature = patterns.signatures[i]!;
      const highest = header[signature * Header.INTS + Header.FAST_PATTERN_END]!;
      if (highest !== 0 && position > highest) continue;
      candidates.push(signature);
      ends?.push(position);
    }
  }

  private grow(): void {
    const jobs = new Uint32Array(this.jobs.length * 2);
    jobs.set(this.jobs);
    this.jobs = jobs;
    const searches = new Uint32Array(this.searches.length * 2);
    searches.set(this.searches);
    this.searches = searches;
    const positions = new Float64Array(this.positions.length * 2);
    positions.set(this.positions);
    this.positions = positions;
  }
}
