/** Interface of the files in `kinds/`: each transforms a story so that the engine must give the same records. */
import type { Random } from '../pseudo-random.js';
import type { LeftOut } from './left-out.js';
import type { Story, Told } from './story.js';

export interface Retold {
  /** Description of the transformation, for reports. */
  readonly name: string;
  /** The original: the given story, or the part that can be transformed. */
  readonly told: Story;
  readonly retold: Story;
  /** Expected differences, left out of both sides. */
  readonly leftOut: readonly LeftOut[];
  /**
   * A record of the transformed story mapped back to the original; undefined if it is only due to the transformation.
   */
  back?(told: Told): Told | undefined;
}

/** @returns undefined if no part of the story can be transformed */
export type Retelling = (story: Story, random: Random) => Retold | undefined | Promise<Retold | undefined>;
