/** Conversations as tables: segments, and the resulting state and events. */
import { expect } from 'vitest';
import { Conversation, type Step, step } from './conversation.js';

export const HANDSHAKE = ['> S 0', '< SA 0 1', '> A 1 1'];

/** Each line: a segment, and the state and events after it. */
export type Line = [segment: string | Step, state: string, ...events: string[]];

export function check(lines: Line[], conversation = new Conversation()): Conversation {
  for (const [segment, state, ...events] of lines) {
    const given = typeof segment === 'string' ? step(segment) : segment;
    const outcome = conversation.feed(given);
    expect([segment, outcome.state, ...outcome.events]).toEqual([
      segment,
      state,
      ...events.map(e => `stream.${e}`),
    ]);
  }
  return conversation;
}

export const established: Line[] = [
  ['> S 0', 'syn_sent'],
  ['< SA 0 1', 'syn_recv'],
  ['> A 1 1', 'established'],
];
