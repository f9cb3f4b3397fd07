/** Random rules that share state, and packets for them. */
import type { Random } from '../pseudo-random.js';
import { oneIn, pick } from './random-conditions.js';
import type { BitCommand, Moment, StateOption, StateRule, Threshold } from './state-oracle.js';

const WORDS = ['aa', 'bb', 'cc'];
const NAMES = ['p', 'q'];
const COMMANDS: readonly BitCommand[] = ['set', 'set', 'unset', 'toggle', 'isset', 'isset', 'isnotset'];

export function randomStateRule(random: Random, sid: number): StateRule {
  const options = Array.from({ length: random(4) }, () => randomOption(random));
  return {
    sid,
    action: pick(random, ['alert', 'alert', 'alert', 'alert', 'drop', 'pass']),
    priority: 1 + random(3),
    word: pick(random, WORDS),
    options,
    noalert: oneIn(random, 6),
    ...(oneIn(random, 2) && { threshold: randomThreshold(random) }),
  };
}

function randomOption(random: Random): StateOption {
  const command = pick(random, COMMANDS);
  const name = pick(random, NAMES);
  switch (random(4)) {
    case 0:
      return {
        kind: 'flowint',
        name,
        operator: pick(random, ['+', '+', '-', '=', '<', '<=', '>', '>=', '==', '!=', 'isset', 'notset']),
        value: oneIn(random, 3) ? pick(random, NAMES) : random(4),
      };
    case 1:
      return {
        kind: 'xbits',
        command,
        name,
        track: pick(random, ['ip_src', 'ip_dst', 'ip_pair']),
        expire: 1 + random(8),
      };
    case 2:
      return {
        kind: 'hostbits',
        command,
        name,
        track: pick(random, ['ip_src', 'ip_dst']),
        expire: 1 + random(8),
      };
    default:
      return { kind: 'flowbits', command, names: command === 'isset' && oneIn(random, 3) ? NAMES : [name] };
  }
}

function randomThreshold(random: Random): Threshold {
  return {
    type: pick(random, ['limit', 'threshold', 'both', 'detection_filter']),
    track: pick(random, ['by_src', 'by_dst', 'by_both', 'by_rule', 'by_flow']),
    count: 1 + random(4),
    seconds: 1 + random(6),
  };
}

export function stateRuleText(rule: StateRule): string {
  const { action, word, options, threshold, noalert, priority, sid } = rule;
  const words = [`content:"${word}"`, ...options.map(optionText)];
  if (threshold?.type === 'detection_filter') words.push(`detection_filter:${spanOf(threshold)}`);
  else if (threshold) words.push(`threshold:type ${threshold.type}, ${spanOf(threshold)}`);
  if (noalert) words.push('noalert');
  return `${action} udp any any -> any any (${words.join('; ')}; priority:${priority}; sid:${sid};)`;
}

const spanOf = ({ track, count, seconds }: Threshold) => `track ${track}, count ${count}, seconds ${seconds}`;

function optionText(each: StateOption): string {
  switch (each.kind) {
    case 'flowbits':
      return `flowbits:${each.command},${each.names.join('|')}`;
    case 'flowint': {
      const value = each.operator.endsWith('set') ? '' : `,${each.value}`;
      return `flowint:${each.name},${each.operator}${value}`;
    }
    case 'xbits':
      return `xbits:${each.command},${each.name},track ${each.track},expire ${each.expire}`;
    case 'hostbits':
      return `hostbits:${each.command},${each.name},${each.track === 'ip_src' ? 'src' : 'dst'},${each.expire}`;
  }
}

/** Four conversations of two hosts with two others, in both directions. */
export function randomMoments(random: Random, count: number): Moment[] {
  let time = 0;
  return Array.from({ length: count }, () => {
    const flow = random(4);
    const [client, server] = [1 + (flow % 2), 11 + (flow >> 1)];
    const fromClient = random(3) > 0;
    time += oneIn(random, 2) ? 0 : random(6);
    return {
      payload: Array.from({ length: 1 + random(2) }, () => pick(random, WORDS)).join(' '),
      flow,
      source: fromClient ? client : server,
      destination: fromClient ? server : client,
      time,
    };
  });
}
