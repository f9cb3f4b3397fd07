/** Nothing that real hosts send over bad links is refused, and all of it is read. */
import { describe, expect, it } from 'vitest';
import type { ConfigTree } from '../../engine/config/config.js';
import { randomNumbers } from '../pseudo-random.js';
import { Conversation } from './conversation.js';
import { type Links, World } from './hosts.js';

const text = (length: number, seed: number) =>
  Array.from({ length }, (_, i) => String.fromCharCode(97 + ((i * seed + (i >> 4)) % 26))).join('');

const LINKS: Record<string, Links> = {
  'good links': { lostBefore: 0, lostBehind: 0, repeated: 0, delay: 0 },
  'losses before the sensor': { lostBefore: 15, lostBehind: 0, repeated: 0, delay: 0 },
  'losses behind the sensor': { lostBefore: 0, lostBehind: 15, repeated: 0, delay: 0 },
  'other orders': { lostBefore: 0, lostBehind: 0, repeated: 0, delay: 30 },
  'everything at once': { lostBefore: 10, lostBehind: 10, repeated: 10, delay: 20 },
};

function speak(seed: number, links: Links, config: ConfigTree, byteProbes: boolean) {
  const conversation = new Conversation({ config });
  const sides = { toServer: text(2000 + seed * 10, 7), toClient: text(3000 - seed * 10, 11) };
  const world = new World(
    randomNumbers(seed * 7919),
    links,
    step => conversation.feed(step),
    sides,
    byteProbes,
  );
  const ended = world.run();
  conversation.end();
  return { conversation, sides, world, ended };
}

describe.each(Object.entries(LINKS))('%s', (_, links) => {
  it.each(
    ['ids', 'ips'].flatMap(mode => ['bsd', 'linux', 'linux-6', 'windows'].map(policy => [mode, policy])),
  )('%s, %s', (mode, policy) => {
    const config = { 'engine-mode': mode, 'host-os-policy': { [policy!]: ['0.0.0.0/0'] } };
    for (let seed = 1; seed <= 8; seed++) {
      const { conversation, sides, world, ended } = speak(seed, links, config, policy !== 'linux-6');
      // What is so old that its receiver refuses it too (RFC 7323) may be dropped.
      const wrong = world.dropped.filter(({ events }) => !events.includes('stream.pkt_invalid_timestamp'));
      expect({ seed, wrong }).toEqual({ seed, wrong: [] });
      expect({ seed, ended }).toEqual({ seed, ended: true });
      expect(world.hosts[1].received === sides.toServer).toBe(true);
      expect({ seed, data: conversation.toServer.join('') }).toEqual({ seed, data: sides.toServer });
      expect({ seed, data: conversation.toClient.join('') }).toEqual({ seed, data: sides.toClient });
    }
  });
});
