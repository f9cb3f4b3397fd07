import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { sources, textOf } from './sources.js';

/** Relative imports of a file, as paths from the root. */
function importsOf(file: string): string[] {
  const found = textOf(file).matchAll(
    /(?:^|\n)\s*(?:import|export)[^'"\n]*?(?:\{[^}]*\}[^'"]*?)?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/g,
  );
  return [...found].map(match => normalize(join(dirname(file), (match[1] ?? match[2])!)));
}

/** The imports that are allowed; engine/cli puts everything together and may import all. */
function mayImport(file: string, target: string): boolean {
  const [top] = target.split('/');
  if (top === 'test') return file.startsWith('test/');
  if (file.startsWith('test/') || file.startsWith('engine/cli/')) return true;
  if (file.startsWith('engine/')) return top === 'engine' && !target.startsWith('engine/cli/');
  if (file.startsWith('signatures/')) return top === 'engine' || top === 'signatures';
  if (file.startsWith('modules/app/')) return top === 'engine' || target.startsWith('modules/app/');
  const module = file.split('/')[1]!.replace(/\.ts$/, '');
  return top === 'engine' || top === 'signatures' || target.startsWith(`modules/${module}/`);
}

it('every file imports only what its folder may import', () => {
  const wrong: string[] = [];
  for (const folder of ['engine', 'modules', 'signatures', 'test']) {
    for (const file of sources(folder)) {
      for (const target of importsOf(file))
        if (!mayImport(file, target)) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

it('no file has a meaningless name: utils, common, helpers, types, misc', () => {
  const files = ['engine', 'modules', 'signatures', 'test', 'native'].flatMap(folder => [...sources(folder)]);
  expect(files.filter(file => /(^|\/)(utils?|common|helpers?|types|misc)(\.ts|\/)/.test(file))).toEqual([]);
});
