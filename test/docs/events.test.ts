/** The page of events that are never raised agrees with the sources. */
import { expect, it } from 'vitest';
import { decoderEventNumber, streamEventNumber } from '../../engine/packet/packet-event-names.js';
import { sources, textOf } from '../house/sources.js';

const page = textOf('docs/rules.md');

/** Event names on the page for a keyword. */
function listed(keyword: string): string[] {
  const row = page.split('\n').find(line => line.startsWith(`| \`${keyword}\` | \``))!;
  return [...row.split('|')[2]!.matchAll(/`([^`]+)`/g)].map(match => match[1]!);
}

/** All files in a folder and below, as one text. */
const textBelow = (folder: string): string => sources(folder).map(textOf).join('\n');

it.each(listed('app-layer-event'))('%s is declared and never raised', name => {
  const [protocol, event] = name.split('.') as [string, string];
  expect(textBelow(`modules/app/${protocol}`).split(`'${event}'`)).toHaveLength(2);
});

it('packet events on the page are declared and never raised', () => {
  const text = textBelow('modules') + textBelow('engine');
  const names = [
    ...listed('decode-event').map(name => ({ name, number: decoderEventNumber(name), prefix: '' })),
    ...listed('stream-event').map(name => ({ name, number: streamEventNumber(name), prefix: 'STREAM_' })),
  ];
  for (const { name, number, prefix } of names) {
    expect(number, name).toBeGreaterThanOrEqual(0);
    const constant = `${prefix}${name.replaceAll('.', '_').toUpperCase()}`;
    expect(text.match(new RegExp(`\\b${constant}\\b`, 'g')), name).toHaveLength(1);
  }
});
