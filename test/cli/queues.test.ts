/** The queues named by `-q`. */
import { expect, it } from 'vitest';
import { inputsOf } from '../../engine/cli/run/inputs.js';
import { Config } from '../../engine/config/config.js';

const NOTHING = { captures: [], devices: [], afPacket: false, filter: '', filterFile: undefined };

const queues = (...words: string[]): unknown =>
  inputsOf({ ...NOTHING, queues: words }, new Config({})).settings['nfq.queues'];

it.each([
  [['0'], [0]],
  [['0:3'], [0, 1, 2, 3]],
  [
    ['7', '2:3'],
    [7, 2, 3],
  ],
  [['65535'], [65_535]],
] as const)('-q %j names queues', (words, numbers) => {
  expect(queues(...words)).toEqual(numbers);
});

it.each([
  [['3:1'], /-q 3:1: expected a queue from 0 to 65535, or a range/],
  [['65536'], /-q 65536: expected/],
  [['0:1', '1:2'], /-q: queue 1 is given twice/],
] as const)('-q %j is rejected', (words, message) => {
  expect(() => queues(...words)).toThrow(message);
});
