/** Compares the oracle for rules with state with the alerts and drops of detection, inline. */

import { isDrop } from '../../engine/verdict.js';
import { sensorFor, udp } from '../detect/sensor.js';
import { randomNumbers } from '../pseudo-random.js';
import { load } from '../signatures/rules.js';
import { randomMoments, randomStateRule, stateRuleText } from './random-state.js';
import { type Moment, StateOracle, type StateRule } from './state-oracle.js';

const RULES = 16;
const PACKETS = 80;
const NETWORK = 0x0a000000;

/** @returns disagreements */
export async function compareState(seed: number): Promise<string | undefined> {
  const random = randomNumbers(seed);
  const rules: StateRule[] = [];
  for (let sid = 1; rules.length < RULES; sid++) {
    const rule = randomStateRule(random, sid);
    if (load(stateRuleText(rule)).signatures.length > 0) rules.push(rule);
  }
  const moments = randomMoments(random, PACKETS);
  const oracle = new StateOracle(rules);
  const expected = moments.map(moment => oracle.see(moment));
  const { alerts, verdicts } = await alertsOf(rules, moments);
  for (let i = 0; i < moments.length; i++) {
    const given = alerts.filter(each => each.endsWith(`@${i + 1}`)).map(each => Number(each.split('@')[0]));
    const { sids, dropped } = expected[i]!;
    if (`${sids}` === `${given}` && isDrop(verdicts[i]!) === dropped) continue;
    const difference = `${sids}${dropped ? ' dropped' : ''} expected, ${given}${isDrop(verdicts[i]!) ? ' dropped' : ''} given`;
    const seen = moments.slice(0, i + 1).map(each => JSON.stringify(each));
    return `seed ${seed}: packet ${i + 1}: ${difference}\n${rules.map(stateRuleText).join('\n')}\n${seen.join('\n')}`;
  }
  return undefined;
}

async function alertsOf(rules: readonly StateRule[], moments: readonly Moment[]) {
  const text = rules.map(stateRuleText).join('\n');
  const sensor = await sensorFor(text, { config: { 'engine-mode': 'ips' } });
  const result = sensor.run(
    moments.map(({ payload, flow, source, destination, time }) =>
      udp(payload, {
        flow,
        source: NETWORK + source,
        destination: NETWORK + destination,
        toServer: source < destination,
        seconds: 1_700_000_000 + (time >> 1),
        nanoseconds: (time & 1) * 500_000_000,
      }),
    ),
  );
  sensor.close();
  return result;
}
