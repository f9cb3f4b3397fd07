/** The kernel's answer to a packet: netfilter's verdict, and the mark. */
import { describe, expect, it } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { VERDICT_SET_MARK } from '../../engine/native/queue.js';
import * as Packet from '../../engine/packet.js';
import { Answers, NF_ACCEPT, NF_DROP } from '../../modules/nfqueue/answers.js';

const NF_REPEAT = 4;
const QUEUE_7 = 0x70003;
const { VERDICT_NONE: NONE, VERDICT_BYPASS: BYPASS, VERDICT_DROP: DROP } = Packet;

describe('answers', () => {
  it.each([
    ["accept sets the packet's mark", {}, NONE, 0x45, NF_ACCEPT, 0x45],
    ['a mark cleared by rules is cleared', {}, NONE, 0, NF_ACCEPT, 0],
    ['a drop has no mark', {}, DROP, 0x45, NF_DROP, undefined],
    [
      'repeat sets its bits',
      { mode: 'repeat', 'repeat-mark': 0xf2, 'repeat-mask': 3 },
      NONE,
      0x45,
      NF_REPEAT,
      0x46,
    ],
    [
      'repeat clears its bits',
      { mode: 'repeat', 'repeat-mark': 0, 'repeat-mask': 0xff },
      NONE,
      0x45,
      NF_REPEAT,
      0,
    ],
    ['route has the number of the queue', { mode: 'route', 'route-queue': 7 }, NONE, 1, QUEUE_7, 1],
    ['bypass without a mask sets no mark of its own', {}, BYPASS, 0x45, NF_ACCEPT, 0x45],
    [
      'bypass sets its bits, including the highest',
      { 'bypass-mark': 0x80000001, 'bypass-mask': 0x80000003 },
      BYPASS,
      0x42,
      NF_ACCEPT,
      0x80000041,
    ],
    [
      'bits of bypass are not set in other verdicts',
      { 'bypass-mark': 1, 'bypass-mask': 1 },
      NONE,
      0x42,
      NF_ACCEPT,
      0x42,
    ],
  ])('%s', (_name, nfq, verdict, mark, answer, expected) => {
    const answers = new Answers(new Config({ nfq }));
    expect(answers.verdictOf(verdict)).toBe(answer);
    expect(answers.flagsOf(verdict)).toBe(expected === undefined ? 0 : VERDICT_SET_MARK);
    if (expected !== undefined) expect(answers.markOf(verdict, mark)).toBe(expected);
  });
});
