/** A host that gives the connection up: what was heard before was read, and the other host learns of it. */
import { describe, expect, it } from 'vitest';
import { Conversation, step } from '../stream-tracking/conversation.js';
import { LINKS, listen, POLICIES, wronglyDropped } from './check.js';
import { SCENES } from './scenes.js';
import { seedsOf } from './seeds.js';

const seeds = seedsOf(1);
const NAMES = ['usual', 'SACK and large windows', 'no timestamps', 'windows that shrink', 'few bytes'];
const MODES = ['ids', 'ips'];

function check(seed: number, name: string, link: string, mode: string, side: 'client' | 'server'): void {
  const told = SCENES[name]!(seed);
  // The hosts ask whether a reset is meant (RFC 5961), as Linux does; what others would take closes the session earlier.
  const policy = mode === 'ids' ? 'linux-6' : POLICIES[seed % POLICIES.length]!;
  const config = { 'engine-mode': mode, 'host-os-policy': { [policy]: ['0.0.0.0/0'] } };
  const client = { ...told.client, keepAlive: 0 as const };
  const server = { ...told.server, keepAlive: 0 as const };
  const hosts = { client, server, [side]: { ...told[side], resetsAt: 10 + ((seed * 37) % 900) } };
  const { conversation, world, ended } = listen(seed, { ...told, ...hosts, links: LINKS[link]! }, config);
  const wrong = wronglyDropped(world);
  // One that has said all, and waits for the other's end without a word, is not told where the reset is lost.
  const isOver = ended || world.dropped.length === 0;
  expect({ seed, side, policy, wrong, isOver }).toEqual({ seed, side, policy, wrong: [], isOver: true });
  if (policy !== 'linux-6') return;
  const read = [conversation.toServer, conversation.toClient].map(texts => texts.join(''));
  const heard = [world.hosts[1].received, world.hosts[0].received];
  expect({ seed, side, unread: heard.filter((text, i) => !read[i]!.startsWith(text)) }).toEqual({
    seed,
    side,
    unread: [],
  });
}

describe.each(Object.keys(LINKS))('%s', link => {
  it.each(NAMES.flatMap(name => MODES.map(mode => [name, mode] as const)))('%s, %s', (name, mode) => {
    for (const seed of seeds)
      for (const side of ['client', 'server'] as const) check(seed, name, link, mode, side);
  });
});

describe.each(POLICIES)('%s', policy => {
  function heard(mode: string, ...segments: (readonly [text: string, window?: number])[]) {
    const config = { 'engine-mode': mode, 'host-os-policy': { [policy]: ['0.0.0.0/0'] } };
    const conversation = new Conversation({ config });
    const [last] = segments
      .map(([text, window = 400]) => conversation.feed(step(text, { window })))
      .slice(-1);
    return { conversation, last: last! };
  }

  it('inline a reset passes whose number its receiver expects when it has not got the data before', () => {
    const begin = [['> S 0'], ['< SA 0 1'], ['> A 1 1'], ['> PA 1 1 abc']] as const;
    expect(heard('ips', ...begin, ['> R 1']).last.dropped).toBe(false);
    expect(heard('ips', ...begin, ['> R 9001']).last.dropped).toBe(true);
  });

  it.each(MODES)('the last byte once more may tell of a larger window, %s', mode => {
    const { conversation } = heard(
      mode,
      ...([['> S 0', 10], ['< SA 0 1'], ['> A 1 1', 10], ['> PA 1 1 x', 10], ['< A 1 2']] as const),
      ...([['> PA 1 1 x', 100], ['< PA 1 2 more-than-ten'], ['> A 2 14', 100]] as const),
    );
    expect(conversation.toClient.join('')).toBe('more-than-ten');
  });
});
