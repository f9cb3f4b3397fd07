/** Conditions on single packets cannot be combined with streams, or with data parsed from them. */
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';

const PACKET_CONDITIONS = new Set(
  (
    'tcp.ack tcp.seq tcp.window tcp.flags tcp.mss tcp.wscale dsize fragbits fragoffset icmp_id icmp_seq icode itype icmpv6.mtu id ' +
    'ipopts tos ttl'
  ).split(' '),
);

/** @throws RuleError */
export function checkPacketConditions(rule: RuleBuilder): void {
  const flow = rule.conditions.find(match => match.kind === 'flow');
  const onStreams = rule.protocol === 'tcp-stream' || flow?.['stream'] === 'only_stream';
  const onPackets = rule.conditions.some(match => PACKET_CONDITIONS.has(match.kind));
  if (onStreams && (onPackets || rule.protocol === 'tcp-pkt' || flow?.['stream'] === 'no_stream'))
    throw new RuleError(
      "can't mix packet keywords with tcp-stream or flow:only_stream.  Invalidating signature.",
      rule.at,
    );
  if (
    onPackets &&
    rule.buffers.some(({ buffer }) => rule.context.buffers.get(buffer)?.protocol !== undefined)
  )
    throw new RuleError(
      'Signature combines packet specific matches (like dsize, flags, ttl) with stream / state matching by matching on app layer proto (like using http_* keywords).',
      rule.at,
    );
}
