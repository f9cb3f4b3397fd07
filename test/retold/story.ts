/** Captures, each independent of the others, and rules that are applied to all of them. */
import type { Capture } from '../fuzz/capture-packets.js';

export interface Story {
  /** By name: that of a file without extension. */
  readonly captures: Readonly<Record<string, Capture>>;
  /** One rule each, with unique sids. */
  readonly rules: readonly string[];
  /** Texts of the rule files, if not one file with a rule per line. */
  readonly files?: readonly string[];
  /** Additional lines of the configuration, and command line arguments. */
  readonly config?: string;
  readonly words?: readonly string[];
}

export type EveRecord = Record<string, any>;

/** A record, and its capture. */
export interface Told {
  readonly capture: string;
  readonly record: EveRecord;
}

/** The story with other captures. */
export function withCaptures(story: Story, change: (capture: Capture, name: string) => Capture): Story {
  const changed = Object.entries(story.captures).map(([name, capture]) => [name, change(capture, name)]);
  return { ...story, captures: Object.fromEntries(changed) };
}

/** The story without rules for which `isOut` is true, before rules are written to files. */
export function withoutRules(story: Story, isOut: (rule: string) => boolean): Story {
  if (story.files) throw new Error('rules that are in files cannot be removed');
  return { ...story, rules: story.rules.filter(rule => !isOut(rule)) };
}

/** The sid of the rule. */
export function sidOf(rule: string): number {
  return Number(/\bsid\s*:\s*(\d+)/.exec(rule)?.[1]);
}
