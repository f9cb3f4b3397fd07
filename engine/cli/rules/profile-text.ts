/** A profile as tables. */
import type { Profile, ProfiledKeyword, ProfiledRule } from './profile.js';
import { table } from './table.js';

/** @param most maximum number of rules shown */
export function profileText(profile: Profile, most: number): string {
  const { packets, total, search, evaluation, other, rules, keywords, damaged } = profile;
  const share = (time: number): string => `${milliseconds(time)} ms ${percent(time, total)}`;
  return [
    `${packets} packets, ${milliseconds(total)} ms in detection: pattern matching ${share(search)}, ` +
      `rules ${share(evaluation)}, the rest ${share(other)}`,
    '',
    ...table(
      [
        'rule',
        'ms',
        'of rules',
        'candidate',
        'checks',
        'matches',
        'alerts',
        'µs/check',
        'most expensive',
        'message',
      ],
      rules.slice(0, most).map(rule => ruleRow(rule, evaluation)),
      [0, 8, 9],
    ),
    ...(rules.length > most ? [`and ${rules.length - most} more rules`] : []),
    '',
    ...table(
      ['keyword', 'ms', 'of rules', 'checks', 'µs/check'],
      keywords.map(keyword => keywordRow(keyword, evaluation)),
      [0],
    ),
    ...(damaged ? ['', 'The capture could not be read to its end.'] : []),
    '',
  ].join('\n');
}

function ruleRow(rule: ProfiledRule, total: number): string[] {
  const { gid, sid, msg, candidate, checks, matches, alerts, time, keywords } = rule;
  return [
    `${gid}:${sid}`,
    milliseconds(time),
    percent(time, total),
    String(candidate),
    String(checks),
    String(matches),
    String(alerts),
    each(time, checks),
    keywords[0]?.keyword ?? '',
    msg,
  ];
}

function keywordRow({ keyword, checks, time }: ProfiledKeyword, total: number): string[] {
  return [keyword, milliseconds(time), percent(time, total), String(checks), each(time, checks)];
}

function milliseconds(time: number): string {
  return time.toFixed(2);
}

function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(1)}%`;
}

function each(time: number, count: number): string {
  return count === 0 ? '' : ((1000 * time) / count).toFixed(2);
}
