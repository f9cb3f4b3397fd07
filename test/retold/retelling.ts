/**
 * The contract of the files in `kinds/`: each tells a story in another way, of which the engine must tell the same.
 */
import type { Random } from '../pseudo-random.js';
import type { LeftOut } from './left-out.js';
import type { Story, Told } from './story.js';

export interface Retold {
  /** In which way, for who reads of a difference. */
  readonly name: string;
  /** What it begins with: the story it was given, or what of it can be told in this way. */
  readonly told: Story;
  readonly retold: Story;
  /** Differences that must be; what they name is left out of both. */
  readonly leftOut: readonly LeftOut[];
  /** A record of the retold story as the told one has it; undefined for what is only of the way of telling. */
  back?(told: Told): Told | undefined;
}

/** @returns undefined where nothing of the story can be told in this way */
export type Retelling = (story: Story, random: Random) => Retold | undefined | Promise<Retold | undefined>;
