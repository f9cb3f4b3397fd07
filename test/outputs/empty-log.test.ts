/** A file of an enabled log is created even if no event is logged. */
import { expect, it } from 'vitest';
import { handshake, replay } from '../streams/replay.js';

it.each(['[]', '[alert: { enabled: no }]', '[dns]'])(
  'an eve-log with the types %s creates its file',
  async types => {
    expect(await replay({ packets: handshake(), types })).toEqual([]);
  },
);
