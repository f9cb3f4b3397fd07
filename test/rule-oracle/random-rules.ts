/** Random rules on payloads: conditions, their fast pattern, and the size of the payload. */
import type { Random } from '../pseudo-random.js';
import { type Condition, type Content, written } from './conditions.js';
import { isReferredTo } from './oracle.js';
import { oneIn, pick, randomConditions, type Wishes } from './random-conditions.js';

export interface PayloadRule {
  readonly conditions: readonly Condition[];
  /** `dsize` in the notation of rules. */
  readonly size?: { readonly operator: '' | '<' | '>' | '!'; readonly bytes: number };
}

export function randomPayloadRule(random: Random, wishes: Wishes): PayloadRule {
  const conditions = withFastPattern(random, randomConditions(random, wishes));
  if (!oneIn(random, 6)) return { conditions };
  return { conditions, size: { operator: pick(random, ['', '<', '>', '!']), bytes: 1 + random(20) } };
}

/** @param option an additional option, such as `flow` */
export function ruleText(
  header: string,
  { conditions, size }: PayloadRule,
  sid: number,
  option = '',
): string {
  const dsize = size ? `dsize:${size.operator}${size.bytes}; ` : '';
  return `alert ${header} (${option && `${option}; `}${dsize}${written(conditions)} sid:${sid};)`;
}

/** Conditions on the beginning are inspected in packets and in streams. */
export function isAnchored({ conditions }: PayloadRule): boolean {
  return conditions.some(
    each =>
      each.kind === 'content' && (each.startswith || each.offset !== undefined || each.depth !== undefined),
  );
}

export function sizeFits({ size }: PayloadRule, length: number): boolean {
  if (!size) return true;
  if (size.operator === '<') return length < size.bytes;
  if (size.operator === '>') return length > size.bytes;
  return size.operator === '!' ? length > 0 && length !== size.bytes : length === size.bytes;
}

/** Chooses one of the contents for `fast_pattern`, or none. */
export function withFastPattern(random: Random, conditions: readonly Condition[]): readonly Condition[] {
  if (oneIn(random, 3)) return conditions;
  const able = conditions.filter(
    (each): each is Content => each.kind === 'content' && !(each.negated && isBound(each)),
  );
  if (able.length === 0) return conditions;
  const chosen = pick(random, able);
  const fastPattern = argumentFor(random, chosen, conditions);
  return conditions.map(each => (each === chosen ? { ...chosen, fastPattern } : each));
}

const isBound = (each: Content) =>
  [each.offset, each.depth, each.distance, each.within].some(bound => bound !== undefined) ||
  each.startswith === true;

function argumentFor(random: Random, chosen: Content, conditions: readonly Condition[]): string {
  const referredTo = isReferredTo(conditions.slice(conditions.indexOf(chosen) + 1));
  const plain = !isBound(chosen) && !chosen.negated && !chosen.endswith;
  if (plain && !referredTo && oneIn(random, 3)) return 'only';
  if (oneIn(random, 2)) return '';
  const offset = random(chosen.bytes.length);
  return `${offset},${1 + random(chosen.bytes.length - offset)}`;
}
