/** What is told: captures, each a world of its own, and rules that are asked of all of them. */
import type { Capture } from '../fuzz/capture-packets.js';

export interface Story {
  /** By name, which is a file's without its ending. */
  readonly captures: Readonly<Record<string, Capture>>;
  /** A rule each; the number of each is its own. */
  readonly rules: readonly string[];
  /** Texts of the files in which the rules are, where that is not one with a rule in each line. */
  readonly files?: readonly string[];
  /** Further lines of the configuration, and words of the command line. */
  readonly config?: string;
  readonly words?: readonly string[];
}

export type EveRecord = Record<string, any>;

/** A record, and the capture that it is of. */
export interface Told {
  readonly capture: string;
  readonly record: EveRecord;
}

/** The story with other captures. */
export function withCaptures(story: Story, change: (capture: Capture, name: string) => Capture): Story {
  const changed = Object.entries(story.captures).map(([name, capture]) => [name, change(capture, name)]);
  return { ...story, captures: Object.fromEntries(changed) };
}

/** The story without rules of which `isOut` is true, before they are written into files. */
export function withoutRules(story: Story, isOut: (rule: string) => boolean): Story {
  if (story.files) throw new Error('rules that are in files cannot be taken out');
  return { ...story, rules: story.rules.filter(rule => !isOut(rule)) };
}

/** The rule's number. */
export function sidOf(rule: string): number {
  return Number(/\bsid\s*:\s*(\d+)/.exec(rule)?.[1]);
}
