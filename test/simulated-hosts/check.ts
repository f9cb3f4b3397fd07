/**
 * Properties of a conversation of simulated hosts: all data is read, nothing is stuck, and nothing is wrongly dropped.
 */
import { expect } from 'vitest';
import type { ConfigTree } from '../../engine/config/config.js';
import { randomNumbers } from '../pseudo-random.js';
import { Conversation } from '../stream-tracking/conversation.js';
import type { Links, Scene } from './world.js';
import { World } from './world.js';

const GOOD: Links = { lostBefore: 0, lostBehind: 0, repeated: 0, delayBefore: 0, delayBehind: 0 };

/**
 * On links where older segments arrive although the receiver may not have what the sensor saw, hosts have no
 * timestamps: it accepts segments that the sensor must consider too old.
 */
export const LINKS: Record<string, Links> = {
  'good links': GOOD,
  'losses before the sensor': { ...GOOD, lostBefore: 15 },
  'losses behind the sensor': { ...GOOD, lostBehind: 15 },
  'other orders': { ...GOOD, delayBefore: 30 },
  'other orders behind the sensor': { ...GOOD, delayBehind: 30 },
  'everything at once': { lostBefore: 10, lostBehind: 10, repeated: 10, delayBefore: 20, delayBehind: 0 },
  'everything at once, on both sides': {
    lostBefore: 10,
    lostBehind: 10,
    repeated: 10,
    delayBefore: 20,
    delayBehind: 20,
  },
};

export const POLICIES = ['bsd', 'linux', 'linux-6', 'windows'];

/** Letters that differ by position. */
export const text = (length: number, seed: number): string =>
  Array.from({ length }, (_, i) => String.fromCharCode(97 + ((i * seed + (i >> 4)) % 26))).join('');

export interface Heard {
  readonly conversation: Conversation;
  readonly world: World;
  readonly ended: boolean;
}

/** Runs the conversation of the hosts, with a sensor between them. */
export function listen(
  seed: number,
  scene: Scene,
  config: ConfigTree,
  isn?: { client: number; server: number },
): Heard {
  const conversation = new Conversation({ config }, isn);
  const { lostBehind, delayBefore, delayBehind } = scene.links;
  const timestamps = delayBehind > 0 || (lostBehind > 0 && delayBefore > 0) ? { timestamps: false } : {};
  const world = new World(
    randomNumbers(seed * 7919),
    { ...scene, client: { ...scene.client, ...timestamps } },
    step => conversation.feed(step),
  );
  const ended = world.run();
  conversation.end();
  return { conversation, world, ended };
}

/** Segments so old that their receiver drops them too (RFC 7323) may be dropped. */
export function wronglyDropped(world: World): unknown[] {
  return world.dropped
    .filter(({ events }) => !events.includes('stream.pkt_invalid_timestamp'))
    .filter(({ segment }) => segment.connection === world.connection)
    .map(({ step, events }) => ({ ...step, data: step.data?.length, events }));
}

/** @param refused data of a SYN that may have been read as a session of its own */
export function expectAllRead(seed: number, { conversation, world, ended }: Heard, refused = ''): void {
  expect({ seed, wrong: wronglyDropped(world) }).toEqual({ seed, wrong: [] });
  expect({ seed, ended }).toEqual({ seed, ended: true });
  const { read } = world;
  // In a simultaneous open, the sensor takes the side that it sees first for the client.
  const turned =
    conversation.toServer[0] !== undefined && !read.toServer.startsWith(conversation.toServer[0]);
  const [first, second] = turned ? [read.toClient, read.toServer] : [read.toServer, read.toClient];
  const text = conversation.toServer.join('');
  const isTwice = refused !== '' && text.length === first.length + refused.length && text.startsWith(refused);
  const toServer = difference(isTwice ? text.slice(refused.length) : text, first);
  const toClient = difference(conversation.toClient.join(''), second);
  expect({ seed, toServer, toClient }).toEqual({ seed, toServer: '', toClient: '' });
}

/** Describes the first difference of two texts; empty if they are equal. */
export function difference(is: string, expected: string): string {
  if (is === expected) return '';
  let at = 0;
  while (is[at] === expected[at]) at++;
  return `${is.length} bytes, expected ${expected.length}; not the same from ${at} on`;
}
