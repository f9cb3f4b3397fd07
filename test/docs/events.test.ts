/** The page that lists events which nothing raises is held against the sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { decoderEventNumber, streamEventNumber } from '../../engine/packet-event-names.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs', 'rules.md'), 'utf8');

/** Names that the page lists for a keyword. */
function listed(keyword: string): string[] {
  const row = page.split('\n').find(line => line.startsWith(`| \`${keyword}\` | \``))!;
  return [...row.split('|')[2]!.matchAll(/`([^`]+)`/g)].map(match => match[1]!);
}

/** All sources below a folder, and the file beside it with its name. */
function sources(folder: string): string {
  const inside = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return inside
    .filter(name => name.endsWith('.ts'))
    .map(name => readFileSync(join(root, folder, name), 'utf8'))
    .join('\n');
}

it.each(listed('app-layer-event'))('%s is declared, and raised nowhere', name => {
  const [protocol, event] = name.split('.') as [string, string];
  expect(sources(join('modules', 'app', protocol)).split(`'${event}'`)).toHaveLength(2);
});

it('events of packets that are listed are declared, and raised nowhere', () => {
  const text = `${sources('modules')}${sources('engine')}`;
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
