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
export interface Visible {
  toServer: boolean;
  progress: number;
  events: number;
  /** Bytes of a growing body, -1 without one. */
  bodyLength: number;
  complete: boolean;
}

export interface Part {
  readonly direction: Direction;
  /** Progress from which it can be tested. */
  readonly progress: number;
  /** Whether a failed test may succeed with more data. */
  readonly growing: boolean;
  holds(at: Inspection, visible: Visible): boolean;
}

/** @returns undefined when the protocol lacks a buffer that the signature uses */
export function partsOf(
  rule: Rule,
  protocol: Protocol,
  language: RuleLanguage,
  environment: CompileEnvironment,
): readonly Part[] | undefined {
  const watched = (what: Match | BufferConditions, part: Part | undefined): Part | undefined => {
    const { watch } = environment;
    return part && watch ? { ...part, holds: watch.transaction(what, protocol, part.holds) } : part;
  };
  const parts = [
    ...(rule.signature.hook === undefined ? [] : [hookPart(rule.signature.hook, protocol)]),
    ...rule.onTransaction.map(match => watched(match, conditionPart(match, protocol, language))),
    ...rule.onBuffers.map(buffer => watched(buffer, bufferPart(buffer, protocol, language, environment))),
  ];
  return parts.some(part => part === undefined) ? undefined : (parts as Part[]);
}

function hookPart(hook: string, protocol: Protocol): Part | undefined {
  const point = hookPoint(protocol, hook);
  if (!point) return undefined;
  const direction = point.toServer ? 'to_server' : 'to_client';
  const growing = point.progress === protocol.bodyProgress;
  return { direction, progress: point.progress, growing, holds: () => true };
}

function conditionPart(match: Match, protocol: Protocol, language: RuleLanguage): Part | undefined {
  if (match.kind === 'transaction-event') return eventPart(String(match['event']), protocol);
  if (match.kind === 'app-layer-state') return statePart(match as ApplicationStateMatch, protocol);
  const keyword = String(match['keyword']);
  if (match.kind === 'protocol-test') {
    const test = protocol.tests.find(each => isNamed(each, keyword));
    return test && testPart(test, match['parsed']);
  }
  const value = protocol.values.find(each => isNamed(each, keyword));
  return value && valuePart(value, language.values(match));
}

function eventPart(name: string, protocol: Protocol): Part | undefined {
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

function statePart({ state, comparison }: ApplicationStateMatch, protocol: Protocol): Part | undefined {
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

function testPart(test: TestDeclaration, parsed: unknown): Part {
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
function grown({ bodyLength }: Visible): number | undefined {
  return bodyLength < 0 ? undefined : bodyLength;
}

function valuePart(value: ValueDeclaration, compare: (values: readonly number[]) => boolean): Part {
  const { direction, progress, growing = false } = value;
  return {
    direction,
    progress,
    growing,
    holds: (at, visible) => compare(value.get(at.transaction!, visible.toServer, grown(visible))),
  };
}

function bufferPart(
  buffer: BufferConditions,
  protocol: Protocol,
  language: RuleLanguage,
  environment: CompileEnvironment,
): Part | undefined {
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
  visible: Visible,
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
