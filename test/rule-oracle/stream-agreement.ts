/**
 * Compares the oracle for TCP streams and segments with the alerts of the whole engine in IDS mode: with any
 * segmentation, acknowledged now and then, with and without an end.
 */
import { MATCHERS } from '../detect/sensor.js';
import { type Random, randomNumbers } from '../pseudo-random.js';
import { load } from '../signatures/rules.js';
import { handshake, replay, segment } from '../streams/replay.js';
import { holds } from './oracle.js';
import { randomBuffer } from './random-buffers.js';
import { oneIn, pick } from './random-conditions.js';
import { isAnchored, type PayloadRule, randomPayloadRule, ruleText, sizeFits } from './random-rules.js';

const RULES = 60;
const CONNECTIONS = 12;
const FIRST_PORT = 20_000;

interface Rule extends PayloadRule {
  readonly sid: number;
  readonly text: string;
  readonly onStreams: boolean;
  readonly onPackets: boolean;
  readonly toServer?: boolean;
}

interface Segment {
  readonly fromClient: boolean;
  readonly text: string;
  /** Number of its packet. */
  readonly number: number;
}

interface Connection {
  readonly port: number;
  readonly segments: readonly Segment[];
}

/** @returns disagreements */
export async function compareStreams(seed: number): Promise<string | undefined> {
  const random = randomNumbers(seed);
  const rules = randomRules(random);
  const { packets, connections } = randomTraffic(random, rules);
  const matcher = pick(random, MATCHERS) === 'hyperscan' ? 'hs' : 'qgram';
  const words = ['--set', `mpm-algo=${matcher}`, '--set', 'packet-alert-max=250'];
  const records = await replay({ packets, rules: rules.map(rule => rule.text), words });
  for (const rule of rules) {
    const own = records.filter(({ alert }) => alert.signature_id === rule.sid);
    for (const connection of connections) {
      const of = own.filter(({ src_port, dest_port }) => [src_port, dest_port].includes(connection.port));
      const given = of.map(record => record['pcap_cnt'] ?? 0);
      const wrong = disagreement(rule, connection, given);
      if (wrong)
        return `seed ${seed}, ${matcher}: ${rule.text} on ${JSON.stringify(connection.segments)}: ${wrong}`;
    }
  }
  return undefined;
}

function disagreement(rule: Rule, { segments }: Connection, given: readonly number[]): string | undefined {
  const seen = segments.filter(({ fromClient }) => (rule.toServer ?? fromClient) === fromClient);
  const inPackets = rule.onPackets
    ? seen.filter(({ text }) => sizeFits(rule, text.length) && holds(rule.conditions, text))
    : [];
  if (!rule.onStreams) {
    const expected = inPackets.map(({ number }) => number);
    return `${expected}` === `${given}` ? undefined : `in packets ${expected} expected, in ${given} given`;
  }
  const streams = [true, false].map(side =>
    seen.filter(({ fromClient }) => fromClient === side).map(({ text }) => text),
  );
  const expected = inPackets.length > 0 || streams.some(texts => holds(rule.conditions, texts.join('')));
  return expected === given.length > 0 ? undefined : `${expected} expected`;
}

const HEADERS = ['tcp', 'tcp', 'tcp-stream', 'tcp-pkt'] as const;

function randomRules(random: Random): Rule[] {
  const rules: Rule[] = [];
  for (let sid = 1; rules.length < RULES; sid++) {
    const header = pick(random, HEADERS);
    const onStreams = header !== 'tcp-pkt';
    const made = randomPayloadRule(random, { most: 4, lasting: onStreams });
    const size = header === 'tcp-stream' ? undefined : made.size;
    const toServer = oneIn(random, 2) ? oneIn(random, 2) : undefined;
    const flow = toServer === undefined ? '' : `flow:${toServer ? 'to_server' : 'to_client'}`;
    const rule = { conditions: made.conditions, ...(size && { size }) };
    const text = ruleText(`${header} any any -> any any`, rule, sid, flow);
    if (load(text).signatures.length === 0) continue;
    const onPackets = header === 'tcp-pkt' || size !== undefined || (header === 'tcp' && isAnchored(rule));
    rules.push({ ...rule, sid, text, onPackets, onStreams: onStreams && !size, ...(flow && { toServer }) });
  }
  return rules;
}

function randomTraffic(random: Random, rules: readonly Rule[]) {
  const packets: Uint8Array[] = [];
  const connections: Connection[] = [];
  for (let port = FIRST_PORT; port < FIRST_PORT + CONNECTIONS; port++) {
    packets.push(...handshake(port));
    const segments: Segment[] = [];
    const sent = { true: 0, false: 0 };
    const send = (fromClient: boolean, flags: string, text = '') => {
      const [own, other] = [`${fromClient}`, `${!fromClient}`] as const;
      packets.push(segment(fromClient, flags, sent[own], sent[other], text, port));
      sent[own] += text.length;
    };
    for (let turns = 1 + random(5); turns > 0; turns--) {
      const fromClient = random(3) > 0;
      const text = randomBuffer(random, pick(random, rules).conditions) || 'a';
      for (let at = 0; at < text.length; ) {
        const part = text.slice(at, at + 1 + random(text.length));
        segments.push({ fromClient, text: part, number: packets.length + 1 });
        send(fromClient, 'PA', part);
        if (oneIn(random, 2)) send(!fromClient, 'A');
        at += part.length;
      }
    }
    for (const side of [true, false]) send(side, 'A');
    if (oneIn(random, 2)) send(true, 'FA');
    connections.push({ port, segments });
  }
  return { packets, connections };
}
