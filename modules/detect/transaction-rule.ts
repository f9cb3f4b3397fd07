/** A signature's conditions on transactions of one protocol, in executable form. */
import type {
  BufferDeclaration,
  Direction,
  Protocol,
  TestDeclaration,
  ValueDeclaration,
} from '../../engine/protocol.js';
import { declarationOf, isNamed } from '../../signatures/compile/applications.js';
import { hookPoint } from '../../signatures/hook-point.js';
import type { Inspection, Test } from '../../signatures/inspection.js';
import { type ApplicationStateMatch, isInState } from '../../signatures/keywords/app-layer-state.js';
import type { RuleLanguage, Transformation } from '../../signatures/language.js';
import type { CompileEnvironment } from '../../signatures/match-compiler.js';
import type { BufferConditions, Match } from '../../signatures/signature.js';
import type { Rule } from './rule.js';

/** What is visible of a transaction at the time of inspection. */
export interface VisibleProgress {
  toServer: boolean;
  progress: number;
  events: number;
  /** Bytes of a growing body, -1 without one. */
  bodyLength: number;
  complete: boolean;
}

export interface TransactionCondition {
  readonly direction: Direction;
  /** Progress from which it can be tested. */
  readonly progress: number;
  /** Whether a failed test may succeed with more data. */
  readonly growing: boolean;
  holds(at: Inspection, visible: VisibleProgress): boolean;
}

/** @returns undefined when the protocol lacks a buffer that the signature uses */
export function transactionConditions(
  rule: Rule,
  protocol: Protocol,
  language: RuleLanguage,
  environment: CompileEnvironment,
): readonly TransactionCondition[] | undefined {
  const watched = (
    what: Match | BufferConditions,
    condition: TransactionCondition | undefined,
  ): TransactionCondition | undefined => {
    const { watch } = environment;
    return condition && watch
      ? { ...condition, holds: watch.transaction(what, protocol, condition.holds) }
      : condition;
  };
  const conditions = [
    ...(rule.signature.hook === undefined ? [] : [hookCondition(rule.signature.hook, protocol)]),
    ...rule.onTransaction.map(match => watched(match, matchCondition(match, protocol, language))),
    ...rule.onBuffers.map(buffer =>
      watched(buffer, bufferCondition(buffer, protocol, language, environment)),
    ),
  ];
  return conditions.some(condition => condition === undefined)
    ? undefined
    : (conditions as TransactionCondition[]);
}

function hookCondition(hook: string, protocol: Protocol): TransactionCondition | undefined {
  const point = hookPoint(protocol, hook);
  if (!point) return undefined;
  const direction = point.toServer ? 'to_server' : 'to_client';
  const growing = point.progress === protocol.bodyProgress;
  return { direction, progress: point.progress, growing, holds: () => true };
}

function matchCondition(
  match: Match,
  protocol: Protocol,
  language: RuleLanguage,
): TransactionCondition | undefined {
  if (match.kind === 'transaction-event') return eventCondition(String(match['event']), protocol);
  if (match.kind === 'app-layer-state') return stateCondition(match as ApplicationStateMatch, protocol);
  const keyword = String(match['keyword']);
  if (match.kind === 'protocol-test') {
    const test = protocol.tests.find(each => isNamed(each, keyword));
    return test && testCondition(test, match['parsed']);
  }
  const value = protocol.values.find(each => isNamed(each, keyword));
  return value && valueCondition(value, language.values(match));
}

function eventCondition(name: string, protocol: Protocol): TransactionCondition | undefined {
  const number = protocol.events.indexOf(name);
  if (number < 0) return undefined;
  return {
    direction: 'either',
    progress: 0,
    growing: true,
    holds(at, visible) {
      const events = at.transaction!.events;
      for (let i = 0; i < visible.events && i < events.length; i++) {
        if (events[i] === number) return true;
      }
      return false;
    },
  };
}

function stateCondition(
  { state, comparison }: ApplicationStateMatch,
  protocol: Protocol,
): TransactionCondition | undefined {
  const point = hookPoint(protocol, state);
  if (!point) return undefined;
  const { progress } = point;
  return {
    direction: 'either',
    progress: 0,
    growing: true,
    holds: (_, visible) => isInState(comparison, visible.progress, progress),
  };
}

function testCondition(test: TestDeclaration, parsed: unknown): TransactionCondition {
  const { direction, progress, growing = false } = test;
  const compiled = test.compile ? test.compile(parsed) : parsed;
  return {
    direction,
    progress,
    growing,
    holds: (at, visible) => test.matches(at.transaction!, visible.toServer, compiled),
  };
}

/** Current length of a growing body; undefined when nothing grows. */
function growingLength({ bodyLength }: VisibleProgress): number | undefined {
  return bodyLength < 0 ? undefined : bodyLength;
}

function valueCondition(
  value: ValueDeclaration,
  compare: (values: readonly number[]) => boolean,
): TransactionCondition {
  const { direction, progress, growing = false } = value;
  return {
    direction,
    progress,
    growing,
    holds: (at, visible) => compare(value.get(at.transaction!, visible.toServer, growingLength(visible))),
  };
}

function bufferCondition(
  buffer: BufferConditions,
  protocol: Protocol,
  language: RuleLanguage,
  environment: CompileEnvironment,
): TransactionCondition | undefined {
  const declared = declarationOf(protocol, buffer.buffer);
  if (!declared) return undefined;
  const absent = buffer.conditions.find(match => match.kind === 'absent');
  const conditions = buffer.conditions.filter(match => match !== absent);
  const test = language.buffer(conditions, environment);
  const transform = language.transforms(buffer.transforms, environment);
  const whenAbsent = absent !== undefined;
  const onlyAbsent = whenAbsent && conditions.length === 0;
  return {
    direction: buffer.direction ?? declared.direction,
    progress: declared.progress,
    growing: declared.growing === true,
    holds(at, visible) {
      if (declared.applies?.(at.transaction!, visible.toServer) === false) return false;
      if (!declared.multiple)
        return oneHolds(declared, at, visible, 0, transform, test, onlyAbsent) ?? whenAbsent;
      for (let index = 0; ; index++) {
        const result = oneHolds(declared, at, visible, index, transform, test, onlyAbsent);
        if (result === undefined) return index === 0 && whenAbsent;
        if (result) return true;
      }
    },
  };
}

/** @returns undefined when the transaction has no such value */
function oneHolds(
  declared: BufferDeclaration,
  at: Inspection,
  visible: VisibleProgress,
  index: number,
  transform: Transformation | undefined,
  test: Test,
  onlyAbsent: boolean,
): boolean | undefined {
  const bytes = declared.get(at.transaction!, visible.toServer, index);
  if (bytes === undefined) return undefined;
  const grows = declared.growing === true && declared.whole !== true;
  const end = grows && visible.bodyLength >= 0 ? Math.min(bytes.length, visible.bodyLength) : bytes.length;
  // No data yet, or none at all: a transform would produce output even from that.
  if (grows && end === 0) return visible.complete ? undefined : false;
  if (onlyAbsent) return false;
  at.bytes = bytes;
  at.start = 0;
  at.end = end;
  at.cursor = 0;
  at.atBeginning = true;
  at.atEnd = !grows || visible.complete;
  at.littleEndian = declared.littleEndian?.(at.transaction!, visible.toServer) === true;
  transform?.(at);
  const holds = test(at);
  // Payload bytes, which are inspected next, have no byte order of their own.
  at.littleEndian = false;
  return holds;
}
