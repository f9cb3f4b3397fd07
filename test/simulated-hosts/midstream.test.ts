/** If a capture begins in the middle of a conversation, all data from there on is read. */
import { describe, expect, it } from 'vitest';
import { Conversation, step } from '../stream-tracking/conversation.js';
import { LINKS, listen, wronglyDropped } from './check.js';
import { SCENES } from './scenes.js';
import { seedsOf } from './seeds.js';
import { Seen } from './seen.js';
import type { Segment } from './segment.js';

const seeds = seedsOf(1);
const NAMES = ['usual', 'SACK and large windows', 'few bytes', 'windows that shrink'];
const MODES = ['ids', 'ips'];

/** @param oneside whether only one side may be seen */
function check(seed: number, name: string, link: string, mode: string, oneside: boolean): void {
  const links = LINKS[link]!;
  const scene = SCENES[name]!(seed);
  // If segments are reordered, only the receiver knows which ones are too old.
  const client = { ...scene.client, timestamps: links.delayBefore === 0 };
  const seen = { '>': new Seen(), '<': new Seen() };
  let unseen = 1 + ((seed * 13) % 60);
  const sees = (segment: Segment) => {
    if (unseen-- > 0) return false;
    seen[segment.from].take(segment);
    seen[segment.from === '>' ? '<' : '>'].hearAck(segment);
    return true;
  };
  const config = { 'engine-mode': mode, stream: { midstream: true, 'async-oneside': oneside } };
  const { conversation, world, ended } = listen(seed, { ...scene, client, links, sees }, config);
  const first = conversation.toServer.join('');
  const second = conversation.toClient.join('');
  // The sensor does not know which side opened the connection.
  const whole =
    (seen['>'].isRead(first) && seen['<'].isRead(second)) ||
    (seen['>'].isRead(second) && seen['<'].isRead(first));
  const found = { seed, oneside, ended, whole, wrong: wronglyDropped(world) };
  expect(found).toEqual({ seed, oneside, ended: true, whole: true, wrong: [] });
}

describe.each(Object.keys(LINKS))('%s', link => {
  it.each(NAMES.flatMap(name => MODES.map(mode => [name, mode] as const)))(
    'all later data is read: %s, %s',
    (name, mode) => {
      for (const seed of seeds) for (const oneside of [false, true]) check(seed, name, link, mode, oneside);
    },
  );
});

describe.each(MODES)('%s', mode => {
  function heard(...segments: string[]) {
    const conversation = new Conversation({ config: { 'engine-mode': mode, stream: { midstream: true } } });
    const outcomes = segments.map(one =>
      conversation.feed(step(one, { window: Number(one.split(' ')[5] ?? 400) })),
    );
    return { conversation, outcomes };
  }

  it('a FIN from before the first segment passes, since it is retransmitted until acknowledged', () => {
    const { outcomes } = heard('> A 12 1', '> FA 11 1', '> FPA 6 1 whole', '< A 1 12');
    expect(outcomes.map(({ dropped }) => dropped)).toEqual([false, false, false, false]);
  });

  it('data in flight is read although the window closed', () => {
    const { conversation } = heard('< A 1 1  0', '< PA 1 6 abcde', '> A 6 1', '> A 6 6');
    expect(conversation.toClient.join('')).toBe('abcde');
  });
});

describe('inline, unknown sessions that pass', () => {
  it.each([
    [false, 'ignore'],
    [false, 'pass-flow'],
    [false, 'bypass'],
    [true, 'ignore'],
    [true, 'pass-flow'],
  ])(
    'with stream.midstream %s and stream.midstream-policy %s, sessions end normally',
    (midstream, policy) => {
      for (const [link, links] of Object.entries(LINKS)) {
        const usual = SCENES['usual']!(seeds[0]!);
        let unseen = 1 + ((seeds[0]! * 13) % 60);
        const scene = { ...usual, client: { timestamps: false }, links, sees: () => unseen-- <= 0 };
        const config = { 'engine-mode': 'ips', stream: { midstream, 'midstream-policy': policy } };
        const { world, ended } = listen(seeds[0]!, scene, config);
        expect({ link, ended, dropped: world.dropped.length }).toEqual({ link, ended: true, dropped: 0 });
      }
    },
  );
});
