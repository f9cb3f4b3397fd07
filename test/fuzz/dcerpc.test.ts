/** Mutated DCE/RPC: parsed without failure, with results independent of segmentation. */
import { describe, expect, test } from 'vitest';
import dcerpc from '../../modules/app/dcerpc.js';
import { bind, bindAck, request, response, SVCCTL } from '../app/dcerpc/pdu-builder.js';
import { Feed } from '../application/feed.js';
import { randomNumbers } from '../pseudo-random.js';
import { mutatedVariants } from './byte-mutator.js';

const client = Buffer.concat([
  bind(1, [SVCCTL, SVCCTL]),
  request(2, 15, 'stub', 1),
  request(2, 15, 'data', 2),
]);
const server = Buffer.concat([bindAck(1, [0, 2]), response(2, 'result')]);

describe.each([1, 2, 3])('seed %i', seed => {
  test('mutated calls give the same records whole and in pieces', () => {
    const random = randomNumbers(seed);
    const servers = [...mutatedVariants(seed + 100, 60, [server])];
    [...mutatedVariants(seed, 60, [client])].forEach((bytes, i) => {
      const message = (next: () => number) => {
        const feed = new Feed([dcerpc], { serverPort: 135 });
        return feed.pieces(true, bytes, next).pieces(false, servers[i]!, next).end().records;
      };
      expect(message(() => 1 + random(40))).toEqual(message(() => 65_000));
    });
  });

  test('mutated datagrams are parsed or rejected', () => {
    for (const bytes of mutatedVariants(seed, 500, [Buffer.concat([Buffer.from([4]), client])]))
      new Feed([dcerpc], { transport: 'udp' }).client(bytes).server(bytes).end();
  });
});
