/** Protocol detection reads only the bytes of the packet: those behind it in memory belong to others. */
import { expect, test } from 'vitest';
import type { Probe } from '../../engine/protocol.js';
import { randomNumbers } from '../pseudo-random.js';
import { BINARY_CONVERSATIONS } from './binary-conversations.js';
import { TEXT_CONVERSATIONS } from './text-conversations.js';

const ROUNDS = 400;
const CONVERSATIONS = [...TEXT_CONVERSATIONS, ...BINARY_CONVERSATIONS];
const BEFORE = 20;
const BEHIND = [0, 0x20, 0x41, 0xff];

const protocols = [...new Set(CONVERSATIONS.flatMap(each => each.protocols))];
const beginnings = CONVERSATIONS.flatMap(({ turns }) => turns.map(({ bytes }) => bytes));

/** The results for the same bytes, with different data around them in memory. */
function answers(probe: Probe, data: Uint8Array, toServer: boolean): Set<string> {
  return new Set(
    BEHIND.map(other => {
      const memory = new Uint8Array(BEFORE + data.length + 64).fill(other);
      memory.set(data, BEFORE);
      return probe(memory, BEFORE, BEFORE + data.length, toServer, 'tcp');
    }),
  );
}

test.each(protocols)(
  '$name is detected independently of surrounding memory',
  ({ recognition: { probe } }) => {
    if (!probe) return;
    const random = randomNumbers(5);
    for (let round = 0; round < ROUNDS; round++) {
      const beginning = beginnings[random(beginnings.length)]!;
      const data = beginning.slice(0, 1 + random(Math.min(beginning.length, 40)));
      if (random(2) === 0) data[random(data.length)] = random(256);
      for (const toServer of [true, false])
        expect(answers(probe, data, toServer).size, JSON.stringify([...data])).toBe(1);
    }
  },
);
