/** A host resets the connection: data received before is read, and the other host receives the reset. */
import { describe, expect, it } from 'vitest';
import { Conversation, step } from '../stream-tracking/conversation.js';
import { LINKS, listen, POLICIES, wronglyDropped } from './check.js';
import { SCENES } from './scenes.js';
import { seedsOf } from './seeds.js';

const seeds = seedsOf(1);
const NAMES = ['usual', 'SACK and large windows', 'no timestamps', 'windows that shrink', 'few bytes'];
const MODES = ['ids', 'ips'];

function check(seed: number, name: string, link: string, mode: string, side: 'client' | 'server'): void {
  const scene = SCENES[name]!(seed);
  // The hosts challenge resets (RFC 5961), as Linux does; for other systems the session is closed earlier.
  const policy = mode === 'ids' ? 'linux-6' : POLICIES[seed % POLICIES.length]!;
  const config = { 'engine-mode': mode, 'host-os-policy': { [policy]: ['0.0.0.0/0'] } };
  const client = { ...scene.client, keepAlive: 0 as const };
  const server = { ...scene.server, keepAlive: 0 as const };
  const hosts = { client, server, [side]: { ...scene[side], resetsAt: 10 + ((seed * 37) % 900) } };
  const { conversation, world, ended } = listen(seed, { ...scene, ...hosts, links: LINKS[link]! }, config);
  const wrong = wronglyDropped(world);
  // A host that only waits for the end of the other does not learn of a reset that is lost.
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
  it.each(NAMES.flatMap(name => MODES.map(mode => [name, mode] as const)))(
    'data before a reset is read: %s, %s',
    (name, mode) => {
      for (const seed of seeds)
        for (const side of ['client', 'server'] as const) check(seed, name, link, mode, side);
    },
  );
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

  it('inline, a reset passes whose number its receiver expects if it did not receive the data before', () => {
    const begin = [['> S 0'], ['< SA 0 1'], ['> A 1 1'], ['> PA 1 1 abc']] as const;
    expect(heard('ips', ...begin, ['> R 1']).last.dropped).toBe(false);
    expect(heard('ips', ...begin, ['> R 9001']).last.dropped).toBe(true);
  });

  it.each(MODES)('a retransmission of the last byte may announce a larger window, %s', mode => {
    const { conversation } = heard(
      mode,
      ...([['> S 0', 10], ['< SA 0 1'], ['> A 1 1', 10], ['> PA 1 1 x', 10], ['< A 1 2']] as const),
      ...([['> PA 1 1 x', 100], ['< PA 1 2 more-than-ten'], ['> A 2 14', 100]] as const),
    );
    expect(conversation.toClient.join('')).toBe('more-than-ten');
  });
});
