/**
 * The pattern databases of a rule set. Equal sets of patterns share a database, and a pattern has the same number
 * wherever it is searched for; the number leads to the signatures that become candidates when it is found.
 */

import { lowerAscii } from '../../engine/latin1.js';
import { type Matcher, PATTERN_CASELESS, type Pattern, type SharedDatabase } from '../../engine/matcher.js';
import { shared32 } from './address-sets.js';
import { type DatabaseCache, type KeyedSet, keyOf } from './cache.js';

/** Signatures of pattern `n`: `signatures[starts[n] … starts[n+1])`, ascending. */
export interface PatternTable {
  readonly starts: Uint32Array;
  readonly signatures: Uint32Array;
}

export interface CompiledDatabase {
  readonly shared: SharedDatabase;
  readonly patterns: number;
  readonly bytes: number;
  readonly streaming: boolean;
  /** Content hash: unchanged databases are reused on reload. */
  readonly key: string;
}

export class PatternNumbers {
  private readonly numbers = new Map<string, number>();
  readonly bytes: Uint8Array[] = [];
  readonly flags: number[] = [];
  private readonly signatures: number[][] = [];

  /**
   * Records that `signature` is a candidate when the pattern is found in lists of this name.
   * @param list name of the lists with shared numbering: `stream`, `http.uri` …
   */
  add(list: string, text: string, nocase: boolean, signature: number): number {
    const folded = nocase ? lowerAscii(text) : text;
    const key = `${list}\n${nocase ? 1 : 0}${folded}`;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.bytes.push(Buffer.from(folded, 'latin1')) - 1;
      this.flags.push(nocase ? PATTERN_CASELESS : 0);
      this.signatures.push([]);
      this.numbers.set(key, number);
    }
    const candidates = this.signatures[number]!;
    if (candidates.at(-1) !== signature) candidates.push(signature);
    return number;
  }

  /** Compares patterns by content, not by number. */
  compare(a: number, b: number): number {
    return this.flags[a]! - this.flags[b]! || Buffer.compare(this.bytes[a]!, this.bytes[b]!) || a - b;
  }

  pattern(number: number): Pattern {
    return { id: number, bytes: this.bytes[number]!, flags: this.flags[number]! };
  }

  table(): PatternTable {
    const starts = [0];
    for (const list of this.signatures) starts.push(starts.at(-1)! + list.length);
    return {
      starts: shared32(starts),
      signatures: shared32(this.signatures.flatMap(l => l.sort((a, b) => a - b))),
    };
  }
}

/**
 * A search is a database with an interpretation of its matches: match `id` of search `n` is pattern `meaning[starts[n]
 * + id]`. Databases contain only bytes, so that they survive changes of other rules.
 */
export interface SearchTable {
  readonly databases: Uint32Array;
  readonly starts: Uint32Array;
  readonly meaning: Uint32Array;
}

export class Databases {
  private readonly wanted: KeyedSet[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly searchNumbers = new Map<string, number>();
  private readonly searches: { database: number; meaning: readonly number[] }[] = [];

  constructor(
    private readonly matcher: Matcher,
    private readonly patterns: PatternNumbers,
    private readonly cache: DatabaseCache,
    /** Databases of the previous rule set: unchanged ones are reused. */
    private readonly known: ReadonlyMap<string, CompiledDatabase> = new Map(),
  ) {}

  /** @returns search number for these patterns; -1 if there are none */
  searchOf(patterns: Iterable<number>, streaming: boolean): number {
    const sorted = [...new Set(patterns)].sort((a, b) => this.patterns.compare(a, b));
    if (sorted.length === 0) return -1;
    const identity = `${streaming ? 's' : 'b'}${sorted.join()}`;
    let number = this.searchNumbers.get(identity);
    if (number === undefined) {
      number = this.searches.push({ database: this.databaseOf(sorted, streaming), meaning: sorted }) - 1;
      this.searchNumbers.set(identity, number);
    }
    return number;
  }

  table(): SearchTable {
    const starts: number[] = [];
    let next = 0;
    for (const { meaning } of this.searches) {
      starts.push(next);
      next += meaning.length;
    }
    return {
      databases: shared32(this.searches.map(search => search.database)),
      starts: shared32(starts),
      meaning: shared32(this.searches.flatMap(search => search.meaning)),
    };
  }

  /** The databases of all searches: reused ones, cached ones, and the others compiled now. */
  compile(): CompiledDatabase[] {
    const fresh = this.wanted.filter(({ key }) => !this.known.has(key));
    const numbers = this.cache.compile(this.matcher, fresh);
    const made = new Map(fresh.map((set, i) => [set.key, this.shared(set, numbers[i]!)]));
    return this.wanted.map(({ key }) => this.known.get(key) ?? made.get(key)!);
  }

  private databaseOf(numbers: readonly number[], streaming: boolean): number {
    const patterns = numbers.map((number, id) => ({ ...this.patterns.pattern(number), id }));
    const key = keyOf(this.matcher.kind, patterns, streaming);
    let number = this.byKey.get(key);
    if (number === undefined) {
      number = this.wanted.push({ patterns, streaming, key }) - 1;
      this.byKey.set(key, number);
    }
    return number;
  }

  private shared({ patterns, streaming, key }: KeyedSet, database: number): CompiledDatabase {
    const { bytes } = this.matcher.size(database);
    const shared = this.matcher.exportDatabase(database);
    return { shared, patterns: patterns.length, bytes, streaming, key };
  }
}
