/** Records of mutated conversations do not depend on segmentation. */
import { expect, test } from 'vitest';
import { Feed } from '../application/feed.js';
import { type Random, randomNumbers } from '../pseudo-random.js';
import { BINARY_CONVERSATIONS } from './binary-conversations.js';
import { mutatedBytes } from './byte-mutator.js';
import type { Conversation, Turn } from './conversation-turns.js';
import { TEXT_CONVERSATIONS } from './text-conversations.js';

const SEEDS = 8;
const CONVERSATIONS = [...TEXT_CONVERSATIONS, ...BINARY_CONVERSATIONS];

/**
 * Data behind a complete HTTP/1 message where none is allowed is treated as servers and browsers do: it belongs to the
 * message if it arrived with it. In that case segmentation matters.
 */
const FOLLOWED = /BODY_UNEXPECTED|MISSING_PROTOCOL|LINE_INCOMPLETE/;

/** Some turns with changes; two of three first turns are unchanged, so that the protocol is detected. */
function mutated(turns: readonly Turn[], seed: number): Turn[] {
  const random = randomNumbers(seed);
  return turns.map((turn, i) =>
    (i === 0 && seed % 3 > 0) || random(3) === 0
      ? turn
      : { ...turn, bytes: mutatedBytes(turn.bytes, random) },
  );
}

/** Records, anomalies and files, sorted: what completes with the same packet has no order. */
function recordsOf(
  { protocols, serverPort }: Conversation,
  turns: readonly Turn[],
  next: () => number,
): string[] {
  const feed = new Feed(protocols, { serverPort });
  for (const { toServer, bytes } of turns) feed.pieces(toServer, bytes, next);
  feed.end();
  const files = feed.files.map(({ file }) => [file.name, file.size, file.state]);
  return [...feed.records, ...feed.anomalies, ...files].map(each => JSON.stringify(each)).sort();
}

function lengths(random: Random): Record<string, () => number> {
  return { 'single bytes': () => 1, 'short pieces': () => 1 + random(9), pieces: () => 1 + random(60) };
}

test.each(CONVERSATIONS)('records of $name do not depend on segmentation', conversation => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const turns = seed === 0 ? conversation.turns : mutated(conversation.turns, seed);
    const whole = recordsOf(conversation, turns, () => 1 << 16);
    for (const [cut, next] of Object.entries(lengths(randomNumbers(seed)))) {
      const pieces = recordsOf(conversation, turns, next);
      if (FOLLOWED.test(`${whole}${pieces}`)) continue;
      expect(pieces, `seed ${seed}, ${cut}`).toEqual(whole);
    }
  }
});
