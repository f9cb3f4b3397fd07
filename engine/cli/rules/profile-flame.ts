/** A profile as a flame graph. */
import { type Flame, flamePicture } from './flame.js';
import type { Profile } from './profile.js';

export function profilePicture({ packets, total, search, evaluation, other, rules }: Profile): string {
  const parts: Flame[] = [
    { name: 'pattern matching', time: search, parts: [] },
    {
      name: 'rules',
      time: evaluation,
      parts: rules.map(({ gid, sid, msg, time, keywords }) => ({
        name: `${gid}:${sid} ${msg}`,
        time,
        parts: keywords.map(({ keyword, time: own }) => ({ name: keyword, time: own, parts: [] })),
      })),
    },
    { name: 'the rest', time: other, parts: [] },
  ];
  const whole = { name: 'detection', time: total, parts };
  return flamePicture(whole, `${packets} packets, ${total.toFixed(2)} ms in detection`);
}
