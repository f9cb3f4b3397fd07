/** Parses a detection's `when` with the signature parser, so that it has the same meaning as in a rule. */

import { RuleSource } from '../../../signatures/parser/source.js';
import { parseRule } from '../../../signatures/parser.js';
import type { RuleContext } from '../../../signatures/rule-context.js';
import type { AddressSet, ContentMatch, Match, PortSet, Signature } from '../../../signatures/signature.js';
import type { EndpointPattern, FlowPattern } from '../../detection/prepared.js';
import type { DetectionDefinition } from '../../detection.js';

const TRANSPORTS: Readonly<Record<string, readonly number[]>> = {
  ip: [],
  tcp: [6],
  udp: [17],
  icmp: [1, 58],
  sctp: [132],
};
const BY_NAME: Readonly<Record<string, number>> = { tcp: 6, udp: 17 };
const EXAMPLE = 'tcp any any -> any 80';

export interface DetectionHeader {
  readonly pattern: FlowPattern;
  readonly category: string;
  readonly priority: number;
}

/** @throws Error with the file, the position in `when` and what was expected */
export function headerOf(
  definition: DetectionDefinition,
  file: string,
  context: RuleContext,
): DetectionHeader {
  const { onTransaction, classtype } = definition;
  if (classtype !== undefined && !context.classifications.has(classtype.toLowerCase()))
    throw new Error(`${file}: unknown classtype ${classtype}; classification.config lists them`);
  if (onTransaction !== undefined && context.protocols.get(onTransaction)?.kind !== 'application') {
    const known = [...context.protocols.values()].filter(({ kind }) => kind === 'application');
    throw new Error(
      `${file}: onTransaction: unknown protocol ${onTransaction}; expected one of ${known.map(({ name }) => name).join(', ')}`,
    );
  }
  const when =
    definition.when ??
    (onTransaction !== undefined ? `${onTransaction} any any -> any any` : 'ip any any -> any any');
  const signature = parsed(definition, when, file, context);
  const fail = (message: string): never => {
    throw new Error(`${file}: when: "${when}": ${message}`);
  };
  if (signature.direction === '=>') fail('expected -> or <>');
  return {
    pattern: {
      transports: transportsOf(signature, definition, context, fail),
      client: sideOf(signature.source, signature.sourcePorts),
      server: sideOf(signature.destination, signature.destinationPorts),
      bothWays: signature.direction === '<>',
      ...contentsOf(signature, definition, fail),
    },
    category: signature.category,
    priority: definition.priority ?? signature.priority,
  };
}

/** A rule with this header. */
function parsed(
  { sid, rev = 1, classtype }: DetectionDefinition,
  when: string,
  file: string,
  context: RuleContext,
): Signature {
  const open = when.indexOf('(');
  const header = open < 0 ? when : when.slice(0, open);
  const options = open < 0 ? '' : when.slice(open + 1).replace(/\)\s*$/, '');
  const own = `${classtype === undefined ? '' : `classtype:${classtype}; `}sid:${sid}; rev:${rev};`;
  const text = `alert ${header.trim()} (${options} ${own})`;
  try {
    return parseRule(new RuleSource(text, file, 1), context);
  } catch (error) {
    throw new Error(
      `${file}: when: "${when}": ${(error as Error).message} (expected a header such as ${EXAMPLE})`,
    );
  }
}

function transportsOf(
  { protocol }: Signature,
  { onTransaction, detect }: DetectionDefinition,
  context: RuleContext,
  fail: (message: string) => never,
): readonly number[] {
  const plain = TRANSPORTS[protocol];
  if (plain) {
    if (detect && plain.length > 0 && !plain.some(each => each === 6 || each === 17))
      fail('detect reads tcp and udp; use onPacket for packets of other protocols');
    return plain;
  }
  const application = context.protocols.get(protocol);
  if (application?.kind !== 'application' || detect)
    return fail(
      'expected tcp, udp, icmp, sctp or ip; use onTransaction for transactions of an application protocol',
    );
  if (onTransaction !== protocol) fail(`onTransaction is ${onTransaction}, expected ${protocol}`);
  return application.transports.map(name => BY_NAME[name]!);
}

function sideOf({ any, v4, v6 }: AddressSet, ports: PortSet): EndpointPattern {
  return { anyAddress: any, v4, v6, ports };
}

/** Payload contents whose match further bytes cannot invalidate. */
function contentsOf(
  { conditions, buffers }: Signature,
  { detect }: DetectionDefinition,
  fail: (message: string) => never,
): Pick<FlowPattern, 'contents' | 'contentsOfServer'> {
  const flow = conditions.find(({ kind }) => kind === 'flow');
  const others = conditions.filter(({ kind }) => kind !== 'flow');
  const contents = buffers.flatMap(each =>
    each.buffer === 'payload' && each.transforms.length === 0 ? each.conditions : fail(NOT_CONTENT),
  );
  if (others.length > 0 || !contents.every(isStable)) fail(NOT_CONTENT);
  if (contents.length > 0 && !detect)
    fail('content is allowed only for a detection that reads a stream: define detect');
  return { contents, contentsOfServer: flow?.['direction'] === 'to_client' };
}

const NOT_CONTENT =
  'only content (nocase, offset, depth, distance, within, startswith) and flow:to_server or flow:to_client are allowed here';

function isStable(match: Match): boolean {
  if (match.kind !== 'content') return false;
  const { negated, endswith, replace } = match as ContentMatch;
  return !negated && !endswith && replace === undefined;
}
