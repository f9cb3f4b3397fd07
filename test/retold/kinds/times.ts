/** The same traffic at another time, or slower or faster, where nothing times out. */
import type { Random } from '../../pseudo-random.js';
import { AGE, RATES, TIME_OF_DAY } from '../left-out.js';
import { PATIENT } from '../patience.js';
import { withTimes } from '../records-back.js';
import type { Retelling } from '../retelling.js';
import { type Story, withCaptures } from '../story.js';

/** Seconds since the epoch: its first day, a leap day, and the ends of 31 and 32 bit numbers. */
const MOMENTS = [3600, 951_868_790, 2 ** 31 - 2, 2 ** 31 + 86_400, 2 ** 32 - 864_000];
const FACTORS = [1 / 2, 1 / 4, 3, 10];
/** Captures shorter than this, so that the seconds do not exceed their bits. */
const LONGEST = 86_400;

const times: Retelling = (story, random) => (random(2) === 0 ? shifted : scaled)(story, random);
export default times;

function shifted(story: Story, random: Random): ReturnType<Retelling> {
  const moment = MOMENTS[random(MOMENTS.length)]!;
  const told = short(story);
  const shift = Object.fromEntries(
    Object.entries(told.captures).map(([name, capture]) => [name, moment - Math.floor(firstOf(capture))]),
  );
  return {
    name: `at second ${moment}`,
    told,
    retold: withTimesOf(told, (time, name) => time + shift[name]!),
    leftOut: [TIME_OF_DAY],
    back: ({ capture, record }) => ({
      capture,
      record: withTimes(record, time => time - shift[capture]! * 1e6),
    }),
  };
}

function scaled(story: Story, random: Random): ReturnType<Retelling> {
  const factor = FACTORS[random(FACTORS.length)]!;
  const patient = { ...short(story), config: `${story.config ?? ''}${PATIENT}` };
  // Times that divide without remainder can be mapped back.
  const told = withTimesOf(patient, (time, name) => {
    const first = Math.floor(firstOf(patient.captures[name]!));
    return first + Math.round((time - first) * 250_000) / 250_000;
  });
  const firsts = Object.fromEntries(
    Object.entries(told.captures).map(([name, capture]) => [name, Math.floor(firstOf(capture))]),
  );
  return {
    name: `${factor} times as long`,
    told,
    retold: withTimesOf(told, (time, name) => firsts[name]! + (time - firsts[name]!) * factor),
    leftOut: [RATES, AGE, TIME_OF_DAY],
    back: ({ capture, record }) => ({
      capture,
      record: withTimes(record, time => {
        const first = firsts[capture]! * 1e6;
        return first + Math.round((time - first) / factor);
      }),
    }),
  };
}

type Capture = Story['captures'][string];

const firstOf = ({ packets }: Capture): number =>
  packets.reduce((least, { time }) => Math.min(least, time!), Number.POSITIVE_INFINITY);

function short(story: Story): Story {
  const captures = Object.entries(story.captures).filter(([, capture]) => {
    const last = capture.packets.reduce((most, { time }) => Math.max(most, time!), 0);
    return capture.packets.length > 0 && last - firstOf(capture) < LONGEST;
  });
  return { ...story, captures: Object.fromEntries(captures) };
}

function withTimesOf(story: Story, change: (time: number, capture: string) => number): Story {
  return withCaptures(story, ({ linkType, packets }, name) => ({
    linkType,
    packets: packets.map(packet => ({ ...packet, time: Math.round(change(packet.time!, name) * 1e6) / 1e6 })),
  }));
}
