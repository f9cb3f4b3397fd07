/** The same traffic at another time, or slower or faster, where nothing times out. */
import type { Random } from '../../pseudo-random.js';
import { CERTIFICATE_EXPIRY, FLOW_AGE, RATE_RULES } from '../ignored-differences.js';
import { NO_TIMEOUTS } from '../no-timeouts.js';
import { withTimes } from '../record-restoration.js';
import { type Scenario, withCaptures } from '../scenario.js';
import type { Transformation } from '../transformation.js';

/** Seconds since the epoch: its first day, a leap day, and the ends of 31 and 32 bit numbers. */
const START_TIMES = [3600, 951_868_790, 2 ** 31 - 2, 2 ** 31 + 86_400, 2 ** 32 - 864_000];
const FACTORS = [1 / 2, 1 / 4, 3, 10];
/** Captures shorter than this, so that the seconds do not exceed their bits. */
const MAX_DURATION = 86_400;

const times: Transformation = (scenario, random) => (random(2) === 0 ? shifted : scaled)(scenario, random);
export default times;

function shifted(scenario: Scenario, random: Random): ReturnType<Transformation> {
  const startTime = START_TIMES[random(START_TIMES.length)]!;
  const original = withoutLongCaptures(scenario);
  const shifts = Object.fromEntries(
    Object.entries(original.captures).map(([name, capture]) => [
      name,
      startTime - Math.floor(firstTime(capture)),
    ]),
  );
  return {
    name: `at second ${startTime}`,
    original,
    transformed: withPacketTimes(original, (time, name) => time + shifts[name]!),
    ignored: [CERTIFICATE_EXPIRY],
    restore: ({ capture, record }) => ({
      capture,
      record: withTimes(record, time => time - shifts[capture]! * 1e6),
    }),
  };
}

function scaled(scenario: Scenario, random: Random): ReturnType<Transformation> {
  const factor = FACTORS[random(FACTORS.length)]!;
  const withoutTimeouts = {
    ...withoutLongCaptures(scenario),
    config: `${scenario.config ?? ''}${NO_TIMEOUTS}`,
  };
  // Times that divide without remainder can be mapped back.
  const original = withPacketTimes(withoutTimeouts, (time, name) => {
    const first = Math.floor(firstTime(withoutTimeouts.captures[name]!));
    return first + Math.round((time - first) * 250_000) / 250_000;
  });
  const firstTimes = Object.fromEntries(
    Object.entries(original.captures).map(([name, capture]) => [name, Math.floor(firstTime(capture))]),
  );
  return {
    name: `${factor} times as long`,
    original,
    transformed: withPacketTimes(
      original,
      (time, name) => firstTimes[name]! + (time - firstTimes[name]!) * factor,
    ),
    ignored: [RATE_RULES, FLOW_AGE, CERTIFICATE_EXPIRY],
    restore: ({ capture, record }) => ({
      capture,
      record: withTimes(record, time => {
        const first = firstTimes[capture]! * 1e6;
        return first + Math.round((time - first) / factor);
      }),
    }),
  };
}

type Capture = Scenario['captures'][string];

const firstTime = ({ packets }: Capture): number =>
  packets.reduce((least, { time }) => Math.min(least, time!), Number.POSITIVE_INFINITY);

function withoutLongCaptures(scenario: Scenario): Scenario {
  const captures = Object.entries(scenario.captures).filter(([, capture]) => {
    const last = capture.packets.reduce((most, { time }) => Math.max(most, time!), 0);
    return capture.packets.length > 0 && last - firstTime(capture) < MAX_DURATION;
  });
  return { ...scenario, captures: Object.fromEntries(captures) };
}

function withPacketTimes(scenario: Scenario, change: (time: number, capture: string) => number): Scenario {
  return withCaptures(scenario, ({ linkType, packets }, name) => ({
    linkType,
    packets: packets.map(packet => ({ ...packet, time: Math.round(change(packet.time!, name) * 1e6) / 1e6 })),
  }));
}
