/**
 * A signature ready for evaluation: its conditions as functions. Created when it first becomes a candidate in this
 * thread, so that the thousands that never do cost nothing.
 */

import * as Packet from '../../engine/packet.js';
import * as Header from '../../signatures/compile/header.js';
import { type RuleSetImage, type StoredSignature, signatureAt } from '../../signatures/compile/image.js';
import {
  isApplicationBuffer,
  PAYLOAD_BUFFERS,
  PROTOCOL_DETECTION_ONLY,
  TRANSACTION_KINDS,
} from '../../signatures/compile/traits.js';
import type { Inspection, Test } from '../../signatures/inspection.js';
import type { RuleLanguage } from '../../signatures/language.js';
import type { CompileEnvironment } from '../../signatures/match-compiler.js';
import type { BufferConditions, Match } from '../../signatures/signature.js';
import { packetBuffer } from './packet-buffers.js';

export interface Rule {
  readonly number: number;
  readonly signature: StoredSignature;
  /** Conditions on packet, flow and state. */
  readonly conditions: readonly Test[];
  /** Conditions on headers of the packet; each sets the buffer it inspects. */
  readonly headers: readonly Test[];
  /** Conditions on the payload, one for each set of them; the caller sets the buffer. */
  readonly payload: readonly Test[];
  /** Conditions on transactions: buffers, values, tests, events. */
  readonly onBuffers: readonly BufferConditions[];
  readonly onTransaction: readonly Match[];
  readonly effects: readonly Test[];
  /** Effects that depend on the signature's thresholds, if it has any. */
  readonly tags: readonly Test[];
  /** Scripts: run when everything else holds. */
  readonly scripts: readonly Test[];
  /** Environment its conditions were created with: it holds the numbers of variables. */
  readonly environment: CompileEnvironment;
}

export class Rules {
  private readonly rules: (Rule | undefined)[];

  constructor(
    private readonly image: RuleSetImage,
    private readonly language: RuleLanguage,
    private readonly environmentFor: (signature: StoredSignature) => CompileEnvironment,
    private readonly warn: (message: string) => void,
  ) {
    this.rules = new Array<Rule | undefined>(image.count);
  }

  at(number: number): Rule {
    return this.rules[number] ?? this.make(number);
  }

  private make(number: number): Rule {
    const signature = signatureAt(this.image, number);
    const environment = this.environmentFor(signature);
    const condition = (match: Match) => this.conditionOf(match, signature, environment);
    const rule: Rule = {
      number,
      signature,
      conditions: signature.conditions
        .filter(isPlain)
        .map(condition)
        .concat(this.recognitionTests(number, signature)),
      headers: signature.buffers.filter(isHeaderBuffer).map(each => this.headerTest(each, environment)),
      payload: this.payloadTests(signature, environment),
      onBuffers: signature.buffers.filter(isApplicationBuffer),
      onTransaction: signature.conditions.filter(m => TRANSACTION_KINDS.has(m.kind)),
      effects: signature.effects.filter(match => !isTag(match)).map(condition),
      tags: signature.effects.filter(isTag).map(condition),
      scripts: signature.conditions.filter(isScript).map(condition),
      environment,
    };
    this.rules[number] = rule;
    return rule;
  }

  /** Conditions on protocol detection alone wait for the packet that reports its result, except that it is unknown. */
  private recognitionTests(number: number, { conditions }: StoredSignature): Test[] {
    const kind = this.image.header[number * Header.INTS + Header.KIND];
    const waits =
      kind === PROTOCOL_DETECTION_ONLY &&
      !conditions.some(({ names }) => (names as string[] | undefined)?.includes('unknown'));
    return waits ? [isProtocolReported] : [];
  }

  private conditionOf(match: Match, signature: StoredSignature, environment: CompileEnvironment): Test {
    const test = this.language.condition(match, environment);
    if (test) return test;
    this.warn(`signature ${signature.sid}: ${match.kind} cannot be evaluated; the signature never matches`);
    return never;
  }

  private payloadTests(signature: StoredSignature, environment: CompileEnvironment): Test[] {
    return signature.buffers
      .filter(each => PAYLOAD_BUFFERS.has(each.buffer))
      .map(each => this.language.buffer(each.conditions, environment));
  }

  private headerTest(buffer: BufferConditions, environment: CompileEnvironment): Test {
    const test = this.language.buffer(buffer.conditions, environment);
    const transform = this.language.transforms(buffer.transforms, environment);
    return at => {
      if (!packetBuffer(at, buffer.buffer)) return false;
      transform?.(at);
      return test(at);
    };
  }
}

function isTag({ kind }: Match): boolean {
  return kind === 'tag';
}

function isScript({ kind }: Match): boolean {
  return kind === 'lua';
}

function isPlain(match: Match): boolean {
  return !TRANSACTION_KINDS.has(match.kind) && !isScript(match);
}

const never: Test = () => false;

const isProtocolReported: Test = at =>
  (at.memory.row[at.p + Packet.FLAGS]! & Packet.FLAG_PROTOCOL_DETECTED) !== 0;

function isHeaderBuffer(buffer: BufferConditions): boolean {
  return !PAYLOAD_BUFFERS.has(buffer.buffer) && !isApplicationBuffer(buffer) && buffer.buffer.includes('.');
}

/** Sets the buffer that conditions inspect. */
export function setBuffer(
  at: Inspection,
  bytes: Uint8Array,
  start: number,
  end: number,
  atBeginning: boolean,
  atEnd: boolean,
): void {
  at.bytes = bytes;
  at.start = start;
  at.end = end;
  at.cursor = start;
  at.atBeginning = atBeginning;
  at.atEnd = atEnd;
}

/** Whether all tests hold. */
export function allHold(tests: readonly Test[], at: Inspection): boolean {
  for (let i = 0; i < tests.length; i++) {
    if (!tests[i]!(at)) return false;
  }
  return true;
}

/** Effects are performed in the order they were written; their results are ignored. */
export function allDone(effects: readonly Test[], at: Inspection): void {
  for (let i = 0; i < effects.length; i++) effects[i]!(at);
}
