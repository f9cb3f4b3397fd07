/** The data of one side is read completely if the other is not seen, whatever is lost, retransmitted or reordered. */
import { describe, expect, it } from 'vitest';
import { Conversation, step } from '../stream-tracking/conversation.js';
import { difference, LINKS, listen, wronglyDropped } from './check.js';
import { SCENES } from './scenes.js';
import { seedsOf } from './seeds.js';
import type { Side } from './segment.js';

const MODES = ['ids', 'ips'];

function check(seed: number, link: string, mode: string, side: Side): void {
  // Inline, sessions that begin with an answer pass if midstream sessions are allowed.
  const config = { 'engine-mode': mode, stream: { 'async-oneside': true, midstream: side === '<' } };
  const scene = SCENES['usual']!(seed);
  const sees = ({ from }: { from: Side }) => from === side;
  const { conversation, world, ended } = listen(seed, { ...scene, links: LINKS[link]!, sees }, config);
  expect({ seed, wrong: wronglyDropped(world) }).toEqual({ seed, wrong: [] });
  const [texts, sent] =
    side === '>'
      ? [conversation.toServer, scene.sides.toServer]
      : [conversation.toClient, scene.sides.toClient];
  const read = difference(texts.join(''), sent);
  expect({ seed, ended, read }).toEqual({ seed, ended: true, read: '' });
}

describe.each(Object.keys(LINKS))('%s', link => {
  it.each(MODES)('%s: all data of the side is read', mode => {
    for (const seed of seedsOf(3)) for (const side of ['>', '<'] as const) check(seed, link, mode, side);
  });
});

describe.each(MODES)('%s', mode => {
  function heard(...segments: string[]) {
    const config = { 'engine-mode': mode, stream: { 'async-oneside': true } };
    const conversation = new Conversation({ config });
    for (const one of ['> S 0', '> A 1 1', ...segments]) conversation.feed(step(one));
    return conversation;
  }

  it('data behind a gap waits for the missing segment', () => {
    expect(heard('> PA 3 1 BB', '> PA 1 1 AA').toServer.join('')).toBe('AABB');
  });

  it('data behind a gap waits for the missing segment right after the SYN', () => {
    const conversation = new Conversation({
      config: { 'engine-mode': mode, stream: { 'async-oneside': true } },
    });
    const all = ['> S 0', '> PA 3 1 BB', '> PA 1 1 AA', '> A 1 1'].map(one => conversation.feed(step(one)));
    expect(all.map(({ dropped }) => dropped)).toEqual([false, false, false, false]);
    expect(conversation.toServer.join('')).toBe('AABB');
  });

  it('a gap larger than any window is treated as lost', () => {
    const { toServer } = heard('> PA 3 1 BB', '> PA 70000 1 CC');
    expect(toServer.join('')).toBe('BBCC');
  });
});
