/** Compares the oracle for transforms of a buffer with the engine. */
import { randomNumbers } from '../pseudo-random.js';
import { transformed } from '../signatures/inspect.js';
import { randomInput, randomTransforms } from './random-transforms.js';
import { changedBy, optionsOf } from './transforms-oracle.js';

/** @returns disagreements */
export function compareTransforms(seed: number): string | undefined {
  const random = randomNumbers(seed);
  const transforms = randomTransforms(random);
  const options = optionsOf(transforms);
  const buffer = randomInput(random);
  const [expected, given] = [changedBy(transforms, buffer), transformed(options, buffer)];
  if (given === expected) return undefined;
  return `seed ${seed}: ${options} of ${JSON.stringify(buffer)}: ${JSON.stringify(expected)} expected, ${JSON.stringify(given)} given`;
}
