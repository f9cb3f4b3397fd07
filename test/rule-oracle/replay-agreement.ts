/** Compares the oracle for transactions with the alerts of the whole engine over a capture. */
import dns from '../../modules/app/dns.js';
import http from '../../modules/app/http.js';
import { request } from '../app/dns/message-builder.js';
import { MATCHERS } from '../detect/sensor.js';
import { ethernet, ipv4, packet, udp } from '../packets/builder.js';
import { type Random, randomNumbers } from '../pseudo-random.js';
import { load } from '../signatures/rules.js';
import { conversation, replay, type Turn } from '../streams/replay.js';
import { type Buffers, type Exchange, randomExchange, randomName } from './random-exchanges.js';
import {
  holdsIn,
  randomTransactionRule,
  type TransactionRule,
  transactionRuleText,
} from './random-transactions.js';

const RULES = 60;
const CONNECTIONS = 8;
const QUERIES = 20;
const FIRST_PORT = 30_000;

interface Rule extends TransactionRule {
  readonly sid: number;
  readonly text: string;
}

/** A transaction as in alerts: port of the client, and number. */
interface Transaction {
  readonly name: string;
  readonly buffers: Buffers;
  readonly shown: string;
}

/** @returns disagreements */
export async function compareTransactions(seed: number): Promise<string | undefined> {
  const random = randomNumbers(seed);
  const { packets, transactions } = randomTraffic(random);
  const rules = randomRules(
    random,
    transactions.map(({ buffers }) => buffers),
  );
  const expected = rules.flatMap(rule =>
    transactions.filter(({ buffers }) => holdsIn(rule, buffers)).map(({ name }) => `${rule.sid}@${name}`),
  );
  for (const matcher of MATCHERS) {
    const words = [
      '--set',
      `mpm-algo=${matcher === 'hyperscan' ? 'hs' : matcher}`,
      '--set',
      'packet-alert-max=250',
    ];
    const records = await replay({ packets, rules: rules.map(rule => rule.text), words });
    const given = records.map(nameOfAlert);
    const wrong = difference(expected, given) ?? difference(given, expected);
    if (wrong === undefined) continue;
    const [sid, name] = wrong.split('@');
    const rule = rules.find(each => each.sid === Number(sid))!;
    const { shown } = transactions.find(each => each.name === name)!;
    return `seed ${seed}, ${matcher}: ${rule.text} on ${shown}: ${expected.includes(wrong)} expected`;
  }
  return undefined;
}

/** Items that are more often in the first list than in the second. */
function difference(first: readonly string[], second: readonly string[]): string | undefined {
  const left = [...second];
  return first.find(each => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function nameOfAlert(record: Record<string, any>): string {
  const port = Math.max(record['src_port'], record['dest_port']);
  return `${record['alert'].signature_id}@${port}/${record['tx_id']}`;
}

function randomRules(random: Random, seen: readonly Buffers[]): Rule[] {
  const rules: Rule[] = [];
  for (let sid = 1; rules.length < RULES; sid++) {
    const rule = randomTransactionRule(random, seen);
    const text = transactionRuleText(rule, sid);
    if (load(text, { protocols: [http, dns] }).signatures.length > 0) rules.push({ ...rule, sid, text });
  }
  return rules;
}

function randomTraffic(random: Random): { packets: Uint8Array[]; transactions: Transaction[] } {
  const packets: Uint8Array[] = [];
  const transactions: Transaction[] = [];
  for (let i = 0; i < CONNECTIONS; i++) {
    const exchanges = Array.from({ length: 1 + random(3) }, () => randomExchange(random));
    packets.push(
      ...conversation(
        exchanges.flatMap(each => turnsOf(random, each)),
        undefined,
        FIRST_PORT + i,
      ),
    );
    exchanges.forEach(({ request, response, buffers }, number) => {
      const shown = JSON.stringify([request, response]);
      transactions.push({ name: `${FIRST_PORT + i}/${number}`, buffers, shown });
    });
  }
  for (let i = CONNECTIONS; i < CONNECTIONS + QUERIES; i++) {
    const name = randomName(random);
    const ports = { sport: FIRST_PORT + i, dport: 53 };
    packets.push(
      packet(ethernet(), ipv4({ source: '10.0.0.1', destination: '10.0.0.2' }), udp(ports), request(name)),
    );
    transactions.push({ name: `${FIRST_PORT + i}/0`, buffers: { 'dns.query': name }, shown: name });
  }
  return { packets, transactions };
}

/** Both messages in pieces of any size. */
function turnsOf(random: Random, { request, response }: Exchange): Turn[] {
  const pieces = (fromClient: boolean, text: string): Turn[] => {
    const all: Turn[] = [];
    for (let at = 0; at < text.length; ) {
      const size = 1 + random(text.length);
      all.push([fromClient, text.slice(at, at + size)]);
      at += size;
    }
    return all;
  };
  return [...pieces(true, request), ...pieces(false, response)];
}
