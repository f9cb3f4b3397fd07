/**
 * `npm run conformance -- FOLDER [NAME…]`: runs tests in the format of suricata-verify. NAME is the path of a test in
 * FOLDER; a name that ends in `*` selects all that begin with it.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packaged } from '../../engine/compiled.js';
import { parseCommand } from '../command-arguments.js';
import { featuresOf, programEngine } from './engine.js';
import { lineOf, summaryOf } from './report.js';
import type { TestContext, TestResult } from './run-test.js';
import { runTests } from './run-tests.js';
import { makeSourceFolder } from './source-folder.js';
import { findTests } from './test-folder.js';
import { WarmEngine } from './warm-engine.js';

const USAGE = `usage: npm run conformance -- [options] FOLDER [NAME…]
  -j, --jobs N       tests at a time (2)
  --timeout SECONDS  for each test (60)
  --keep DIR         keep the output of each test in DIR
  --json FILE        write all results to FILE
  --list FILE        run the tests named in FILE, one a line
  --engine FILE      another program than this project's engine
  --cold             start the engine anew for each test
  -v, --verbose      print passed and skipped tests too`;

const project = fileURLToPath(packaged(''));

const { values, positionals } = parseCommand(
  USAGE,
  {
    jobs: { type: 'string', short: 'j', default: '2' },
    timeout: { type: 'string', default: '60' },
    keep: { type: 'string' },
    json: { type: 'string' },
    list: { type: 'string' },
    engine: { type: 'string' },
    cold: { type: 'boolean', default: false },
    verbose: { type: 'boolean', short: 'v', default: false },
  },
  words => words > 0,
  { numbers: ['jobs', 'timeout'] },
);

const [folder, ...names] = positionals;
const root = resolve(folder!);
if (!existsSync(root)) {
  console.error(`no such folder: ${root}`);
  process.exit(2);
}

/** The tests that were asked for; all by default. */
function selectedTests(): string[] {
  const requested = [...names, ...(values.list ? readNames(values.list) : [])].map(name =>
    name.replace(/\/$/, ''),
  );
  const all = findTests(root);
  if (requested.length === 0) return all;
  const found = requested.flatMap(name => {
    const matching = name.endsWith('*')
      ? all.filter(test => test.startsWith(name.slice(0, -1)))
      : all.filter(test => test === name);
    if (matching.length === 0) console.error(`no such test: ${name}`);
    return matching;
  });
  // Two runs of one test would write to the same folder.
  return [...new Set(found)];
}

function readNames(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#'));
}

function report(result: TestResult): void {
  if (values.verbose || result.outcome === 'failed') console.log(lineOf(result));
}

const sourceFolder = makeSourceFolder(project, values.engine && resolve(values.engine));
const program = join(sourceFolder, 'src', 'suricata');
const outputs = values.keep ? resolve(values.keep) : mkdtempSync(join(tmpdir(), 'sluice-conformance-'));
mkdirSync(outputs, { recursive: true });
const warm = values.cold || values.engine ? undefined : new WarmEngine();
const context: TestContext = {
  machine: { features: featuresOf(program), sourceFolder },
  engine: warm ?? programEngine(program),
  outputs,
  timeoutSeconds: Number(values.timeout),
};

const results = await runTests(root, selectedTests(), Number(values.jobs), context, report);
warm?.close();
rmSync(sourceFolder, { recursive: true, force: true });
if (!values.keep) rmSync(outputs, { recursive: true, force: true });
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, undefined, 1)}\n`);
console.log(summaryOf(results));
process.exitCode = results.some(result => result.outcome === 'failed') ? 1 : 0;
