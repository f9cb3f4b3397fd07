/**
 * `node dist/test/conformance/keep-expected.js RESULTS`: adds the names of passed tests (`--json` of the runner) to the
 * list of those expected to pass. Names are never removed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packaged } from '../../engine/compiled.js';
import type { TestResult } from './run-test.js';

const list = fileURLToPath(packaged('test/conformance/expected.txt'));
const results = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as TestResult[];
const passed = results.filter(result => result.outcome === 'passed').map(result => result.name);
const lines = readFileSync(list, 'utf8').split('\n').filter(Boolean);
const previous = lines.filter(line => !line.startsWith('#'));
const names = [...new Set([...previous, ...passed])].sort();
writeFileSync(list, `${[...lines.filter(line => line.startsWith('#')), ...names].join('\n')}\n`);
console.log(`${names.length} names, ${names.length - previous.length} of them new`);
