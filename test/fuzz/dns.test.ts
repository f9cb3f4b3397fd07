/** Mutated DNS messages: parsed without failure, at bounded cost, with results independent of segmentation. */
import { describe, expect, test } from 'vitest';
import { dnsRecord, dnsRecordsV2 } from '../../modules/app/dns/eve.js';
import { mdnsRecord } from '../../modules/app/dns/mdns-eve.js';
import { Message } from '../../modules/app/dns/message.js';
import { MAX_LABELS, MAX_NAME, MAX_POINTERS } from '../../modules/app/dns/name.js';
import dns from '../../modules/app/dns.js';
import {
  framed,
  message,
  name,
  pointer,
  question,
  request,
  resource,
  response,
} from '../app/dns/message-builder.js';
import { Feed } from '../application/feed.js';
import { concat, u16 } from '../packets/bytes.js';
import { randomNumbers } from '../pseudo-random.js';
import { mutatedVariants } from './byte-mutator.js';

const SEEDS = [1, 2, 3];
const FORMATS = { detailed: true, grouped: true };
const mixed = message({
  flags: 0x8180,
  questions: [question(name('a.example'))],
  answers: [
    resource(pointer(12), 5, concat(u16(0xc00c))),
    resource(pointer(12), 16, Uint8Array.from(Buffer.from('\x03abc\x02de'))),
    resource(pointer(12), 15, concat(u16(1), name('m'))),
  ],
  authorities: [resource(name('b'), 6, concat(name('p'), name('m'), new Uint8Array(20)))],
  additionals: [resource(name(''), 41, concat(u16(10), u16(2), u16(7)))],
});
const ORIGINALS = [request('www.example.org'), response('www.example.org'), mixed];

describe.each(SEEDS)('seed %i', seed => {
  test('mutated messages are parsed at bounded cost', () => {
    for (const bytes of mutatedVariants(seed, 3000, ORIGINALS)) {
      const parsed = new Message(bytes);
      // A name begins at most at every third byte and costs at most its limit; it is skipped once, then read.
      const atOnce = (bytes.length / 3 + 1) * (MAX_LABELS + MAX_POINTERS + bytes.length);
      expect(parsed.steps).toBeLessThanOrEqual(atOnce);
      JSON.stringify([dnsRecord(parsed, 0, FORMATS), dnsRecordsV2(parsed, 0, FORMATS), mdnsRecord(parsed)]);
      for (const each of parsed.allNames) expect(each.length).toBeLessThanOrEqual(MAX_NAME);
    }
  });

  test('mutated streams give the same records whole and in pieces', () => {
    const random = randomNumbers(seed);
    const stream = concat(framed(request('a.b')), framed(request('c.d')), framed(mixed));
    for (const bytes of mutatedVariants(seed, 15, [stream])) {
      const message = (next: () => number) => {
        const feed = new Feed([dns], { serverPort: 53 }).pieces(true, bytes, next).end();
        return [feed.records, feed.events];
      };
      expect(message(() => 1 + random(9))).toEqual(message(() => 65_000));
    }
  });
});
