/** Completes a rule: checks that need the whole rule, and conversion to plain data. */
import { bufferConditions } from '../buffer-builder.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { AddressSet, Match, PortSet, Signature } from '../signature.js';
import { checkBuffers } from './buffer-checks.js';
import { checkDirections } from './direction-checks.js';
import { checkHook } from './hook-checks.js';
import { checkPacketConditions } from './packet-checks.js';
import { addStoredFile } from './stored-files.js';
import { applyTextForms } from './text-forms.js';

const DEFAULT_PRIORITY = 3;
const NO_METADATA: Readonly<Record<string, readonly string[]>> = {};

/** @param text the rule as written @throws RuleError */
export function finish(rule: RuleBuilder, text: string): Signature {
  rule.requireUsed(rule.at);
  attachBase64(rule);
  addStoredFile(rule);
  if (rule.sid === 0) throw new RuleError('Signature missing required value "sid".', rule.at, 'sid:1;');
  applyTextForms(rule);
  checkBuffers(rule);
  checkDirections(rule);
  checkPacketConditions(rule);
  checkHook(rule);
  const { header, context } = rule;
  const classification =
    rule.classtype === undefined ? undefined : context.classifications.get(rule.classtype);
  return {
    index: -1,
    gid: rule.gid,
    sid: rule.sid,
    rev: rule.rev,
    ...header,
    direction: header.direction === '<>' && symmetric(rule) ? '->' : header.direction,
    ...(rule.notes.has('alert') && { alertToo: true }),
    msg: rule.msg,
    ...(rule.classtype !== undefined && { classtype: rule.classtype }),
    category: classification?.description ?? '',
    priority: rule.priority ?? classification?.priority ?? DEFAULT_PRIORITY,
    references: rule.references,
    metadata: rule.metadata ?? NO_METADATA,
    ...(rule.target && { target: rule.target }),
    ...(rule.notes.has('http1') && { http1Only: true as const }),
    ...(rule.notes.has('prefilter') && { prefilter: rule.notes.get('prefilter') as string }),
    conditions: rule.conditions,
    buffers: rule.buffers.filter(buffer => buffer.conditions.length > 0).map(bufferConditions),
    effects: rule.effects,
    noalert: rule.noalert,
    thresholds: rule.thresholds,
    text,
    position: rule.at,
  };
}

/** Conditions on base64_data become part of the base64_decode that creates it. */
function attachBase64(rule: RuleBuilder): void {
  const index = rule.buffers.findIndex(buffer => buffer.buffer === 'base64_data');
  if (index < 0) return;
  const [data] = rule.buffers.splice(index, 1);
  for (const { conditions } of rule.buffers) {
    const decode = conditions.indexOf(rule.notes.get('base64_decode') as Match);
    if (decode >= 0) conditions[decode] = { ...conditions[decode]!, data: data!.conditions };
  }
}

/** `<>` is redundant if both sides are equal. */
function symmetric(rule: RuleBuilder): boolean {
  const { source, destination, sourcePorts, destinationPorts } = rule.header;
  if (!equalAddresses(source, destination) || !equalPorts(sourcePorts, destinationPorts)) return false;
  rule.warn('source and destination are the same: "<>" is the same as "->"', rule.at, '->');
  return true;
}

function equalAddresses(a: AddressSet, b: AddressSet): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function equalPorts(a: PortSet, b: PortSet): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
