/** decode-event, engine-event, stream-event and app-layer-event: events raised by decoders and parsers. */
import { APPLICATION_EVENT_NAMES, FIRST_APPLICATION_EVENT } from '../../engine/application/packet-events.js';
import { nearest } from '../../engine/nearest.js';
import { decoderEventNumber, streamEventNumber } from '../../engine/packet/packet-event-names.js';
import { hasEvent } from '../../engine/packet.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import type { RuleProtocol } from '../rule-context.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';

/** A packet event; kinds `decode-event`, `stream-event`, `engine-event`. */
export interface PacketEventMatch extends Match {
  readonly event: number;
}

/** A transaction event. */
export interface TransactionEventMatch extends Match {
  readonly kind: 'transaction-event';
  readonly protocol: string;
  readonly event: string;
}

function packetEvent(kind: string, number: (name: string) => number) {
  return (rule: RuleBuilder, argument: string | undefined, at: Position): void => {
    const event = number(argument!.trim().toLowerCase());
    if (event < 0) throw new RuleError(`unknown ${kind} "${argument}"`, at);
    const match: PacketEventMatch = { kind, event };
    rule.addCondition(match);
  };
}

/** `protocol.event`, or the name of a protocol detection event. */
function applicationEvent(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const name = argument!.trim().toLowerCase();
  const general = APPLICATION_EVENT_NAMES.indexOf(name);
  if (general >= 0) {
    const match: PacketEventMatch = { kind: 'engine-event', event: FIRST_APPLICATION_EVENT + general };
    rule.addCondition(match);
    return;
  }
  const [protocol, event] = split(name);
  if (event === undefined)
    throw new RuleError(`invalid app-layer-event "${argument}"`, at, 'app-layer-event:protocol.event');
  const known = rule.context.protocols.get(protocol!);
  if (!known) throw new RuleError(`app-layer-event of unknown protocol "${protocol}"`, at);
  if (known.kind === 'absent') {
    rule.markUnsupported(`protocol ${protocol} is not supported yet`);
    return;
  }
  if (known.events && !known.events.has(event)) throw unknownEvent(known, event, at);
  rule.useProtocol([known], `app-layer-event:${name}`, at);
  const match: TransactionEventMatch = { kind: 'transaction-event', protocol: protocol!, event };
  rule.addCondition(match);
}

function unknownEvent({ name, events }: RuleProtocol, event: string, at: Position): RuleError {
  const suggestion = nearest(event, [...events!]);
  return new RuleError(`protocol ${name} has no event "${event}"`, at, suggestion && `${name}.${suggestion}`);
}

function split(name: string): [string | undefined, string | undefined] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
}

const decodeKnown = packetEvent('decode-event', decoderEventNumber);

/** Events in old rules that no decoder raises any more. */
const GONE = new Set(['udp.hlen_invalid']);

function decode(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const name = argument!.trim().toLowerCase();
  if (!GONE.has(name)) {
    decodeKnown(rule, argument, at);
    return;
  }
  const message = `decode-event keyword no longer supports event "decoder.${name}"`;
  const { strict } = rule.context;
  if (strict.has('decode-event') || strict.has('all')) throw new RuleError(message, at);
  rule.warn(message, at);
  rule.markUnsupported(message);
}

const stream = packetEvent('stream-event', streamEventNumber);

export const eventKeywords: readonly Keyword[] = [
  {
    name: 'decode-event',
    family: 'packet',
    summary: 'The decoder raised this event.',
    grammar: 'layer.event',
    parse: decode,
  },
  {
    name: 'stream-event',
    family: 'packet',
    summary: 'The stream engine raised this event for the packet.',
    grammar: 'event',
    parse: stream,
  },
  {
    name: 'engine-event',
    family: 'packet',
    summary: 'The decoder or the stream engine raised this event.',
    grammar: 'event',
    parse: (rule, argument, at) =>
      (argument!.trim().startsWith('stream.') ? stream : decode)(rule, argument, at),
  },
  {
    name: 'app-layer-event',
    family: 'tx',
    summary: 'The parser of the application protocol raised this event.',
    grammar: 'protocol.event',
    parse: applicationEvent,
  },
];

function eventCompiler(kind: string): MatchCompiler {
  return {
    kind,
    compile(match) {
      const { event } = match as PacketEventMatch;
      return at => hasEvent(at.memory.row, at.p, event);
    },
  };
}

export const eventCompilers: readonly MatchCompiler[] = ['decode-event', 'stream-event', 'engine-event'].map(
  eventCompiler,
);
