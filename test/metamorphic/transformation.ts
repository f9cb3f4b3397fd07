/** Interface of the files in `transformations/`: each transforms a scenario so that the engine must give the same records. */
import type { Random } from '../pseudo-random.js';
import type { IgnoredDifference } from './ignored-differences.js';
import type { CaptureRecord, Scenario } from './scenario.js';

export interface ScenarioPair {
  /** Description of the transformation, for reports. */
  readonly name: string;
  /** The original: the given scenario, or the part that can be transformed. */
  readonly original: Scenario;
  readonly transformed: Scenario;
  /** Expected differences, ignored on both sides. */
  readonly ignored: readonly IgnoredDifference[];
  /**
   * A record of the transformed scenario mapped back to the original; undefined if it is only due to the transformation.
   */
  restore?(record: CaptureRecord): CaptureRecord | undefined;
}

/** @returns undefined if no part of the scenario can be transformed */
export type Transformation = (
  scenario: Scenario,
  random: Random,
) => ScenarioPair | undefined | Promise<ScenarioPair | undefined>;
