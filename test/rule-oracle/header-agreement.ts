/** Compares the oracle for rule headers with the alerts of detection. */
import { sensorFor } from '../detect/sensor.js';
import { type Random, randomNumbers } from '../pseudo-random.js';
import { load } from '../signatures/rules.js';
import { type Ends, type Header, headerHolds, headerText, type Item, type List } from './header-oracle.js';
import { oneIn, pick } from './random-conditions.js';

const RULES = 60;
const PACKETS = 80;
/** 10.0.0.0 */
const NETWORK = 0x0a000000;
const HOSTS = 12;
const PORTS = 12;

interface Rule {
  readonly sid: number;
  readonly header: Header;
  readonly text: string;
}

/** @returns disagreements */
export async function compareHeaders(seed: number): Promise<string | undefined> {
  const random = randomNumbers(seed);
  const rules: Rule[] = [];
  for (let sid = 1; rules.length < RULES; sid++) {
    const header = randomHeader(random);
    const options = pick(random, ['dsize:>0;', 'content:"aab";', 'content:"b"; content:!"c";']);
    const text = `alert ${headerText(header)} (${options} sid:${sid};)`;
    if (load(text).signatures.length > 0) rules.push({ sid, header, text });
  }
  const all = Array.from({ length: PACKETS }, () => randomEnds(random));
  const sensor = await sensorFor(rules.map(({ text }) => text).join('\n'), {
    config: { 'packet-alert-max': 250 },
  });
  const given = new Set(all.flatMap(ends => sensor.see({ ...ends, payload: 'aab' })));
  sensor.close();
  for (const { sid, header, text } of rules) {
    for (const [i, ends] of all.entries()) {
      const expected = headerHolds(header, ends);
      if (given.has(`${sid}@${i + 1}`) !== expected)
        return `seed ${seed}: ${text} on ${JSON.stringify(ends)}: ${expected} expected`;
    }
  }
  return undefined;
}

function randomEnds(random: Random): Ends {
  return {
    protocol: pick(random, [6, 17]),
    source: NETWORK + random(HOSTS),
    sourcePort: random(PORTS),
    destination: NETWORK + random(HOSTS),
    destinationPort: random(PORTS),
  };
}

function randomHeader(random: Random): Header {
  const protocol = pick(random, ['ip', 'udp', 'udp', 'tcp-pkt'] as const);
  const ports = () => (protocol === 'ip' ? [] : randomList(random, randomPorts));
  return {
    protocol,
    source: randomList(random, randomAddresses),
    sourcePorts: ports(),
    direction: oneIn(random, 4) ? '<>' : '->',
    destination: randomList(random, randomAddresses),
    destinationPorts: ports(),
  };
}

type Named = Pick<Item<number>, 'text' | 'has'>;

function randomList(random: Random, named: (random: Random) => Named): List<number> {
  if (oneIn(random, 3)) return [];
  return Array.from({ length: 1 + random(3) }, () => {
    const items = oneIn(random, 4) ? [named(random), named(random)] : [named(random)];
    const [first] = items;
    const text = items.length === 1 ? first!.text : `[${items.map(each => each.text).join(',')}]`;
    return { negated: oneIn(random, 3), text, has: value => items.some(({ has }) => has(value)) };
  });
}

const address = (host: number) => `10.0.0.${host}`;

function randomAddresses(random: Random): Named {
  const host = random(HOSTS);
  switch (random(3)) {
    case 0: {
      const bits = 28 + random(5);
      const size = 2 ** (32 - bits);
      const first = host - (host % size);
      return between(`${address(first)}/${bits}`, NETWORK + first, NETWORK + first + size - 1);
    }
    case 1: {
      const last = host + random(HOSTS - host);
      return between(`${address(host)}-${address(last)}`, NETWORK + host, NETWORK + last);
    }
    default:
      return between(address(host), NETWORK + host, NETWORK + host);
  }
}

function randomPorts(random: Random): Named {
  const port = random(PORTS);
  switch (random(4)) {
    case 0: {
      const last = port + random(PORTS - port);
      return between(`${port}:${last}`, port, last);
    }
    case 1:
      return between(`${port}:`, port, 65_535);
    default:
      return between(`${port}`, port, port);
  }
}

const between = (text: string, first: number, last: number): Named => ({
  text,
  has: value => value >= first && value <= last,
});
