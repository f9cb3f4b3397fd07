/** The conditions of a rule one by one, in the order in which they are evaluated. */
import type { StoredSignature } from '../compile/image.js';
import { isApplicationBuffer, PAYLOAD_BUFFERS, TRANSACTION_KINDS } from '../compile/traits.js';
import type { BufferConditions, Match } from '../signature.js';
import { ConditionTexts } from './condition-text.js';

export interface Condition {
  /** Index in the order of evaluation. */
  readonly number: number;
  /** In rule syntax: `content:"abc"; depth:3`. */
  readonly text: string;
  /** Inspected buffer, with the names of its transforms. */
  readonly buffer?: string;
  /** What it inspects: an evaluation of packets or streams has no transaction conditions before it. */
  readonly of: 'packet' | 'transaction' | 'payload' | 'header';
}

/** Conditions by the match objects of one signature; effects are not included. */
export type Conditions = ReadonlyMap<Match, Condition>;

export function conditionsOf(signature: StoredSignature): Conditions {
  const texts = new ConditionTexts(signature.text);
  const conditions = new Map<Match, Condition>();
  const add = (match: Match, of: Condition['of'], buffer?: string): void => {
    const text = texts.textOf(match);
    conditions.set(match, { number: conditions.size, text, of, ...(buffer !== undefined && { buffer }) });
    for (const inner of (match['data'] as readonly Match[] | undefined) ?? []) add(inner, of, 'base64_data');
  };
  const addBuffers = (of: Condition['of'], chosen: (buffer: BufferConditions) => boolean): void => {
    for (const each of signature.buffers.filter(chosen))
      for (const match of each.conditions) add(match, of, bufferText(each));
  };
  const onTransaction = (match: Match): boolean => TRANSACTION_KINDS.has(match.kind);
  for (const match of signature.conditions) if (!onTransaction(match)) add(match, 'packet');
  for (const match of signature.conditions) if (onTransaction(match)) add(match, 'transaction');
  addBuffers('transaction', isApplicationBuffer);
  addBuffers('payload', isPayload);
  addBuffers('header', each => !isPayload(each) && !isApplicationBuffer(each));
  return conditions;
}

function isPayload({ buffer }: BufferConditions): boolean {
  return PAYLOAD_BUFFERS.has(buffer);
}

function bufferText({ buffer, transforms }: BufferConditions): string {
  return [buffer, ...transforms.map(transform => transform.kind)].join(' ');
}
