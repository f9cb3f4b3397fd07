/**
 * Public suffixes: names under which others are registered. Below two-letter country codes, these labels are used
 * as a second level; what is not covered by them has one label.
 */
const SECOND_LEVEL = new Set(
  'ac co com edu gob gouv gov govt gv id info ltd me mil ne net nhs nom or org plc police sch school web'.split(
    ' ',
  ),
);

/** Countries that register directly below their code although the label looks like a second level. */
const DIRECT: Readonly<Record<string, readonly string[]>> = {
  de: ['com', 'ac', 'co', 'org', 'net', 'or', 'ne', 'me', 'info', 'id', 'web'],
  fr: ['co', 'net', 'org', 'ac'],
  nl: ['com', 'net', 'org', 'ac'],
  ch: ['com', 'co', 'org', 'net', 'ac'],
  io: ['ac', 'me', 'web', 'info'],
  me: ['com', 'me', 'info', 'web'],
  tv: ['com', 'co', 'net', 'org', 'ac', 'me', 'web', 'info'],
  eu: ['com', 'net', 'org', 'co', 'ac', 'me', 'web', 'info'],
};

/** How many labels at the end of a name are a public suffix; 0 for an empty name. */
export function publicSuffixLabels(name: string): number {
  const labels = name.toLowerCase().split('.');
  const last = labels.at(-1)!;
  if (last === '') return 0;
  const before = labels.at(-2);
  if (before === undefined || labels.length < 3 || last.length !== 2) return 1;
  return SECOND_LEVEL.has(before) && !DIRECT[last]?.includes(before) ? 2 : 1;
}
