/** Captures, each independent of the others, and rules that are applied to all of them. */
import type { Capture } from '../fuzz/capture-packets.js';

export interface Scenario {
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
export interface CaptureRecord {
  readonly capture: string;
  readonly record: EveRecord;
}

/** The scenario with other captures. */
export function withCaptures(
  scenario: Scenario,
  change: (capture: Capture, name: string) => Capture,
): Scenario {
  const changed = Object.entries(scenario.captures).map(([name, capture]) => [name, change(capture, name)]);
  return { ...scenario, captures: Object.fromEntries(changed) };
}

/** The scenario without rules for which `isOut` is true, before rules are written to files. */
export function withoutRules(scenario: Scenario, isIgnored: (rule: string) => boolean): Scenario {
  if (scenario.files) throw new Error('rules that are in files cannot be removed');
  return { ...scenario, rules: scenario.rules.filter(rule => !isIgnored(rule)) };
}

/** The sid of the rule. */
export function sidOf(rule: string): number {
  return Number(/\bsid\s*:\s*(\d+)/.exec(rule)?.[1]);
}
