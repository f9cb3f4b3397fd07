/** What was found out when one signature was looked at once: for a packet, a piece of stream or a transaction. */
import type { Condition } from './conditions.js';

/** What a condition looked at, and where it was met. */
export interface Finding {
  readonly met: boolean;
  /** Offset in the buffer, and bytes that were matched. */
  readonly offset?: number;
  readonly length?: number;
  /** Those bytes, in the notation of content. */
  readonly bytes?: string;
  /** Bytes the buffer has. */
  readonly size?: number;
  /** What it saw, in words. */
  readonly saw?: string;
  /** There was nothing to look at. */
  readonly missing?: boolean;
}

/** Where an evaluation took place. */
export type Place = 'packet' | 'stream' | 'transaction';

export class Evaluation<Subject = unknown> {
  place: Place = 'packet';
  matched = false;
  readonly findings: (Finding | undefined)[] = [];

  /** @param subject what was looked at, for people  @param conditions of the rule, by number */
  constructor(
    readonly subject: Subject,
    readonly conditions: readonly Condition[],
  ) {}

  /** The condition that failed; undefined when all that were looked at hold. */
  get failed(): Condition | undefined {
    return this.conditions.find(({ number }) => this.findings[number]?.met === false);
  }

  /** The first condition that was not looked at; undefined when all were. */
  get waiting(): Condition | undefined {
    return this.conditions.find(({ number }) => this.findings[number] === undefined);
  }

  /** How many conditions were met. */
  get met(): number {
    return this.findings.reduce((sum, finding) => sum + (finding?.met ? 1 : 0), 0);
  }
}

/** One visit of a buffer: it may be tried at several places, of which the one that came furthest is told. */
export class BufferVisit {
  private readonly places = new Map<number, Finding>();
  private readonly failures = new Map<number, Finding>();
  /** Number of the furthest condition that failed, -1 for none. */
  furthest = -1;

  meet(number: number, finding: Finding): void {
    this.places.set(number, finding);
  }

  fails(number: number): boolean {
    return this.failures.has(number);
  }

  fail(number: number, finding: Finding): void {
    if (this.failures.has(number)) return;
    this.failures.set(number, finding);
    this.furthest = Math.max(this.furthest, number);
  }

  /** Tells an evaluation how it ended. */
  tell(findings: (Finding | undefined)[], numbers: readonly number[], held: boolean): void {
    for (const number of numbers) {
      if (held) findings[number] = this.places.get(number) ?? { met: true };
      else if (number === this.furthest) findings[number] = this.failures.get(number);
      else findings[number] = number < this.furthest ? (this.places.get(number) ?? { met: true }) : undefined;
    }
  }
}
