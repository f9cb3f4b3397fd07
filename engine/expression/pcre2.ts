/** Regular expressions by PCRE2, in the native addon. */
import type { ExpressionSource, Expressions, SharedExpression } from '../expression.js';
import type { Native } from '../native.js';
import { writeOutQuantifiers } from './quantifiers.js';

export class Pcre2Expressions implements Expressions {
  readonly kind = 'pcre2';
  /** Expressions compiled by other threads, which release them. */
  private readonly imported = new Set<number>();
  private readonly own = new Set<number>();

  constructor(private readonly native: Native) {}

  compile({ pattern, options, matchLimit = 0, recursionLimit = 0 }: ExpressionSource): number {
    const written = writeOutQuantifiers(pattern);
    const expression = this.native.compileExpression(written, options, matchLimit, recursionLimit);
    this.own.add(expression);
    return expression;
  }

  release(expression: number): void {
    if (this.imported.delete(expression)) return;
    this.own.delete(expression);
    this.native.releaseExpression(expression);
  }

  releaseAll(): void {
    for (const expression of this.own) this.release(expression);
  }

  groups(expression: number): { count: number; names: Record<string, number> } {
    return this.native.expressionGroups(expression);
  }

  exportExpression(expression: number): SharedExpression {
    return { kind: this.kind, expression };
  }

  importExpression(shared: SharedExpression): number {
    if (shared.kind !== 'pcre2') throw new Error(`an expression of ${shared.kind} cannot be used by PCRE2`);
    this.native.expressionGroups(shared.expression);
    this.imported.add(shared.expression);
    return shared.expression;
  }

  match(
    number: number,
    bytes: Uint8Array,
    from: number,
    start: number,
    end: number,
    groups: Uint32Array,
  ): number {
    return this.native.matchExpression(number, bytes, from, start, end, groups);
  }
}
