/** Random streams for property tests: the same seed gives the same stream. */
import { shuffled } from '../pseudo-random.js';

/** One step: positions count from 0. */
export type Step =
  | { kind: 'segment'; position: number; data: string }
  | { kind: 'acknowledge'; position: number }
  | { kind: 'end of batch' };

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Segments that overlap each other with other bytes in any way, some ACKs and ends of batches. */
export function conflictingSteps(random: () => number): Step[] {
  const span = 10 + Math.floor(random() * 60);
  const longest = 1 + Math.floor(random() * Math.min(span, 24));
  const count = 2 + Math.floor(random() * 25);
  const steps: Step[] = [];
  for (let i = 0; i < count; i++) {
    const length = 1 + Math.floor(random() * longest);
    const position = Math.floor(random() * span) - (random() < 0.05 ? 3 : 0);
    steps.push({ kind: 'segment', position, data: LETTERS[i % LETTERS.length]!.repeat(length) });
    if (random() < 0.12) steps.push({ kind: 'acknowledge', position: Math.floor(random() * span) });
    if (random() < 0.2) steps.push({ kind: 'end of batch' });
  }
  return steps;
}

/**
 * A text segmented at random, in random order, with retransmissions segmented differently; ACKs are never ahead of the
 * data.
 */
export function faithfulSteps(random: () => number, text: string): Step[] {
  const segments = [...cuts(random, text), ...cuts(random, text).filter(() => random() < 0.4)];
  if (random() < 0.7) shuffled(segments, below => Math.floor(random() * below));
  const steps: Step[] = [];
  const seen = new Set<number>();
  let inOrder = 0;
  for (const segment of segments) {
    steps.push(segment);
    for (let i = 0; i < segment.data.length; i++) seen.add(segment.position + i);
    while (seen.has(inOrder)) inOrder++;
    if (random() < 0.3) steps.push({ kind: 'acknowledge', position: Math.floor(random() * (inOrder + 1)) });
    if (random() < 0.3) steps.push({ kind: 'end of batch' });
  }
  return steps;
}

export function randomText(random: () => number, length: number): string {
  return Array.from({ length }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('');
}

function cuts(random: () => number, text: string): { kind: 'segment'; position: number; data: string }[] {
  const longest = 1 + Math.floor(random() * 40);
  const pieces: { kind: 'segment'; position: number; data: string }[] = [];
  for (let position = 0; position < text.length; ) {
    const length = Math.min(1 + Math.floor(random() * longest), text.length - position);
    pieces.push({ kind: 'segment', position, data: text.slice(position, position + length) });
    position += length;
  }
  return pieces;
}
