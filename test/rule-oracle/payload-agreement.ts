/**
 * Compares the oracle for payloads with the alerts of detection as a whole, with each matcher: datagrams, TCP packets,
 * and streams that are inspected inline, with any segmentation.
 */
import { inline, MATCHERS, sensorFor, udp } from '../detect/sensor.js';
import { type Random, randomNumbers } from '../pseudo-random.js';
import { load } from '../signatures/rules.js';
import { holds } from './oracle.js';
import { randomBuffer } from './random-buffers.js';
import { pick } from './random-conditions.js';
import { isAnchored, type PayloadRule, randomPayloadRule, ruleText, sizeFits } from './random-rules.js';

const PAYLOADS = 20;

type Header = 'udp' | 'tcp-pkt' | 'tcp-stream' | 'tcp';

interface Rule extends PayloadRule {
  readonly header: Header;
  readonly text: string;
  readonly sid: number;
}

/** @returns disagreements */
export async function comparePayloads(seed: number): Promise<string | undefined> {
  const random = randomNumbers(seed);
  const rules = randomRules(random);
  const payloads = randomPayloads(random, rules);
  for (const matcher of MATCHERS) {
    const text = rules.map(rule => rule.text).join('\n');
    const config = { detect: { 'inspection-recursion-limit': 1_000_000 } };
    const sensor = await sensorFor(text, { matcher, config });
    const found = sensor.see(...payloads.flatMap(payload => [udp(payload), inline(payload)]));
    sensor.close();
    for (const rule of rules) {
      const given = found
        .filter(alert => alert.startsWith(`${rule.sid}@`))
        .map(alert => Number(alert.split('@')[1]));
      const expected = expectedOf(rule, payloads);
      const disagree = isStream(rule) ? given[0] !== expected[0] : String(given) !== String(expected);
      if (disagree)
        return `seed ${seed}, ${matcher}: ${rule.text} on ${JSON.stringify(payloads)}: at ${expected} expected, at ${given} given`;
    }
  }
  return undefined;
}

/** With one rule alone, less of a stream is kept than with many. */
function randomRules(random: Random): Rule[] {
  const rules: Rule[] = [];
  const count = pick(random, [1, 1, 2, 30]);
  for (let sid = 1; rules.length < count; sid++) {
    const header = (['udp', 'tcp-pkt', 'tcp-stream', 'tcp'] as const)[random(4)]!;
    const made = randomPayloadRule(random, { most: 4 });
    const rule = header === 'tcp-stream' ? { conditions: made.conditions } : made;
    const text = ruleText(`${header} any any -> any any`, rule, sid);
    if (load(text).signatures.length > 0) rules.push({ ...rule, header, sid, text });
  }
  return rules;
}

function randomPayloads(random: Random, rules: readonly Rule[]): string[] {
  const longest = pick(random, [1, 3, 24]);
  const payloads = Array.from({ length: PAYLOADS }, () =>
    randomBuffer(random, pick(random, rules).conditions),
  );
  return payloads.flatMap(payload => pieces(payload, longest)).slice(0, 2 * PAYLOADS);
}

function pieces(text: string, longest: number): string[] {
  return text === '' ? [] : [text.slice(0, longest), ...pieces(text.slice(longest), longest)];
}

/** Streams alert once for each match. */
const isStream = ({ header, size }: Rule) => header === 'tcp-stream' || (header === 'tcp' && !size);

/** Numbers of the packets that alert: each payload is sent in a datagram and in a segment. */
function expectedOf(rule: Rule, payloads: readonly string[]): number[] {
  const numbers: number[] = [];
  payloads.forEach((payload, i) => {
    if (!isStream(rule)) {
      if (sizeFits(rule, payload.length) && holds(rule.conditions, payload))
        numbers.push(rule.header === 'udp' ? 2 * i + 1 : 2 * i + 2);
      return;
    }
    const stream = payloads.slice(0, i + 1).join('');
    const alone = rule.header === 'tcp' && isAnchored(rule) && holds(rule.conditions, payload);
    if (alone || holds(rule.conditions, stream)) numbers.push(2 * i + 2);
  });
  return numbers;
}
