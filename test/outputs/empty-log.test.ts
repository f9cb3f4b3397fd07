/** A log that is switched on is there, though nothing of what happens is wanted in it. */
import { expect, it } from 'vitest';
import { handshake, replay } from '../streams/replay.js';

it.each(['[]', '[alert: { enabled: no }]', '[dns]'])('an eve-log of the types %s is a file', async types => {
  expect(await replay({ packets: handshake(), types })).toEqual([]);
});
