/**
 * Regular expressions by JavaScript's RegExp, over a string with one character per byte.
 *
 * Known differences from PCRE2: backtracking has no limit, letters above 127 ignore case as in Latin-1, and a reference
 * to a group that did not participate matches the empty string.
 */
import {
  type ExpressionSource,
  type Expressions,
  NO_MATCH,
  type SharedExpression,
  UNSET,
} from '../expression.js';
import { translate } from './translate.js';

interface Compiled {
  readonly source: ExpressionSource;
  readonly regexp: RegExp;
  readonly groups: { count: number; names: Record<string, number> };
}

export class RegexpExpressions implements Expressions {
  readonly kind = 'regexp';
  private readonly compiled: (Compiled | undefined)[] = [undefined];

  compile(source: ExpressionSource): number {
    const { pattern, caseless, anchored, count, names } = translate(source.pattern, source.options);
    const regexp = new RegExp(pattern, `d${caseless ? 'i' : ''}${anchored ? 'y' : 'g'}`);
    const free = this.compiled.indexOf(undefined, 1);
    const number = free < 0 ? this.compiled.length : free;
    this.compiled[number] = { source, regexp, groups: { count, names } };
    return number;
  }

  release(expression: number): void {
    this.expressionOf(expression);
    this.compiled[expression] = undefined;
  }

  releaseAll(): void {
    this.compiled.length = 1;
  }

  groups(expression: number): { count: number; names: Record<string, number> } {
    return this.expressionOf(expression).groups;
  }

  exportExpression(expression: number): SharedExpression {
    return { kind: this.kind, source: this.expressionOf(expression).source };
  }

  importExpression(shared: SharedExpression): number {
    if (shared.kind !== 'regexp')
      throw new Error(`an expression of ${shared.kind} cannot be used without it`);
    return this.compile(shared.source);
  }

  match(
    number: number,
    bytes: Uint8Array,
    from: number,
    start: number,
    end: number,
    groups: Uint32Array,
  ): number {
    const { regexp } = this.expressionOf(number);
    if (!(from <= start && start <= end && end <= bytes.length)) {
      throw new Error('from, start and end do not lie in bytes in this order');
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString('latin1');
    regexp.lastIndex = start - from;
    const found = regexp.exec(text);
    return found ? writeGroups(found.indices!, from, groups) : NO_MATCH;
  }

  private expressionOf(number: number): Compiled {
    const compiled = this.compiled[number];
    if (!compiled) throw new Error(`there is no expression ${number}`);
    return compiled;
  }
}

/** Like PCRE2, up to the last group that participated. */
function writeGroups(indices: RegExpIndicesArray, from: number, groups: Uint32Array): number {
  let count = indices.length;
  while (!indices[count - 1]) count--;
  const fitting = Math.min(count, groups.length >>> 1);
  for (let i = 0; i < fitting; i++) {
    const pair = indices[i];
    groups[2 * i] = pair ? pair[0] + from : UNSET;
    groups[2 * i + 1] = pair ? pair[1] + from : UNSET;
  }
  return Math.max(1, fitting);
}
