/** Result of evaluating a signature once: on a packet, a piece of stream or a transaction. */
import type { Condition } from './conditions.js';

/** What a condition inspected, and where it matched. */
export interface Finding {
  readonly met: boolean;
  /** Offset in the buffer, and number of matched bytes. */
  readonly offset?: number;
  readonly length?: number;
  /** The matched bytes, in the notation of content. */
  readonly bytes?: string;
  /** Size of the buffer in bytes. */
  readonly size?: number;
  /** The observed value, in words. */
  readonly saw?: string;
  /** There was nothing to inspect. */
  readonly missing?: boolean;
}

/** Where an evaluation took place. */
export type Place = 'packet' | 'stream' | 'transaction';

export class Evaluation<Subject = unknown> {
  place: Place = 'packet';
  matched = false;
  readonly findings: (Finding | undefined)[] = [];

  /** @param subject what was inspected, for messages  @param conditions of the rule, by number */
  constructor(
    readonly subject: Subject,
    readonly conditions: readonly Condition[],
  ) {}

  /** The condition that failed; undefined if all evaluated ones hold. */
  get failed(): Condition | undefined {
    return this.conditions.find(({ number }) => this.findings[number]?.met === false);
  }

  /** The first condition that was not evaluated; undefined if all were. */
  get waiting(): Condition | undefined {
    return this.conditions.find(({ number }) => this.findings[number] === undefined);
  }

  /** Number of conditions met. */
  get met(): number {
    return this.findings.reduce((sum, finding) => sum + (finding?.met ? 1 : 0), 0);
  }
}

/** One visit of a buffer: it may be tried at several positions, of which the one that got furthest is reported. */
export class BufferVisit {
  private readonly matches = new Map<number, Finding>();
  private readonly failures = new Map<number, Finding>();
  /** Number of the furthest condition that failed, -1 for none. */
  furthest = -1;

  addMatch(number: number, finding: Finding): void {
    this.matches.set(number, finding);
  }

  hasFailed(number: number): boolean {
    return this.failures.has(number);
  }

  addFailure(number: number, finding: Finding): void {
    if (this.failures.has(number)) return;
    this.failures.set(number, finding);
    this.furthest = Math.max(this.furthest, number);
  }

  /** Copies the result into an evaluation. */
  writeResult(findings: (Finding | undefined)[], numbers: readonly number[], held: boolean): void {
    for (const number of numbers) {
      if (held) findings[number] = this.matches.get(number) ?? { met: true };
      else if (number === this.furthest) findings[number] = this.failures.get(number);
      else
        findings[number] = number < this.furthest ? (this.matches.get(number) ?? { met: true }) : undefined;
    }
  }
}
