/** The commands of the tests print their usage, and report invalid arguments in one line. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { packaged } from '../../engine/compiled.js';

const PROJECT = fileURLToPath(packaged(''));
const { scripts } = JSON.parse(readFileSync(`${PROJECT}/package.json`, 'utf8'));

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** @param name a script of the package */
function command(name: string, ...words: string[]): Promise<Ended> {
  const [program, ...before] = (scripts[name] as string).split(' ');
  const child = spawn(program!, [...before, ...words], { cwd: PROJECT });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', data => {
      text += data;
    });
  return new Promise(resolve => child.on('close', code => resolve({ code, lines: text.split('\n') })));
}

test.concurrent.each([
  'bench',
  'growth',
  'agreement',
  'together',
  'conformance',
  'fuzz',
  'fuzz-compare',
  'fuzz-config',
  'rule-oracle',
  'metamorphic',
])('%s --help', async name => {
  const { code, lines } = await command(name, '--help');
  expect(code).toBe(0);
  expect(lines[0]).toMatch(`usage: npm run ${name} -- `);
});

test.concurrent.each([
  ['growth', ['--nonsense'], "Unknown option '--nonsense'"],
  ['bench', ['--runs', 'many'], '--runs: expected a whole number'],
  ['fuzz-compare', ['--rounds', 'abc', '.'], '--rounds: expected a whole number'],
  [
    'metamorphic',
    ['--only', 'nothing', '.'],
    'nothing is none of merged, ipv6, tunnels, fragments, times, addresses, run-modes, rule-notation, fast-pattern, subset, reloaded',
  ],
  ['together', [], 'usage: npm run together -- FOLDER'],
])('%s %j is rejected', async (name, words, message) => {
  const { code, lines } = await command(name, ...words);
  expect(code).toBe(2);
  expect(lines[0]).toBe(message);
});
