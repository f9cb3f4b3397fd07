/** Turns a valid configuration into invalid ones. */
import type { Random } from '../pseudo-random.js';

/** Replacements for values. No path leads to a place where something could be created. */
const REPLACEMENT_VALUES: readonly string[] = [
  ...[
    '',
    'null',
    '~',
    'yes',
    'no',
    'auto',
    'all',
    'any',
    'text',
    '"a b"',
    'ünï',
    '"\\0"',
    '"%Y"',
    '"$HOME_NET"',
    '"!"',
  ],
  ...[
    '0',
    '1',
    '-1',
    '3',
    '65536',
    '99999999',
    '4294967296',
    '18446744073709551616',
    '1.5',
    '-0.5',
    '1e30',
    '.nan',
    '.inf',
  ],
  ...[
    '08',
    '0x10',
    '0b11',
    '1_000',
    '1kb',
    '1gb',
    '999999999tb',
    '10%',
    '150%',
    '2001-01-01',
    '/dev/null',
    '/proc/nothing/x',
  ],
  ...[
    '[]',
    '{}',
    '[[[]]]',
    '[all]',
    '[{}]',
    '[null]',
    '[1, x, {a: b}]',
    '{a: {b: [c]}}',
    '{enabled: yes}',
    '{enabled: [no]}',
  ],
  ...[
    '|',
    '>-',
    "'",
    '"',
    '@',
    '`',
    '*x',
    '&a [*a]',
    '- x',
    'yes: no',
    '!!binary aGk=',
    '!include absent.yaml',
  ],
];

/** A line that sets an option: indentation, whether it is commented out, name, value. */
const OPTION_LINE = /^(\s*(?:- )?)(#?)([A-Za-z0-9_.-]+):(.*)$/;

/** @returns the configuration with one to three changes, and the changed lines */
export function mutatedConfiguration(text: string, random: Random): { text: string; changes: string[] } {
  const lines = text.split('\n');
  const changes: string[] = [];
  while (changes.length < 1 + random(3)) {
    const at = random(lines.length);
    const option = OPTION_LINE.exec(lines[at]!);
    if (!option) continue;
    mutateLine(lines, at, option, random);
    changes.push(`${at + 1}: ${lines[at]}`);
  }
  return { text: lines.join('\n'), changes };
}

function mutateLine(lines: string[], at: number, option: RegExpExecArray, random: Random): void {
  const [line, indent, , name, value] = option as unknown as readonly string[];
  switch (random(10)) {
    case 0:
      lines[at] = `${indent}${name}x:${value}`;
      break;
    case 1:
      lines.splice(at, 0, line!.replace('#', ''));
      break;
    case 2:
      lines[at] = ' '.repeat(random(9)) + line!.trim();
      break;
    default:
      lines[at] = `${indent}${name}: ${REPLACEMENT_VALUES[random(REPLACEMENT_VALUES.length)]}`;
      if (random(4) > 0) removeNestedLines(lines, at, indent!.length);
  }
}

/** Removes the nested lines of the option, which now has another value. */
function removeNestedLines(lines: string[], at: number, indent: number): void {
  const isNested = (line: string) => line.trim() !== '' && line.search(/\S/) > indent;
  let end = at + 1;
  while (end < lines.length && isNested(lines[end]!)) end++;
  lines.splice(at + 1, end - at - 1);
}
