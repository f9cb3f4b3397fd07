/** `sluice test`: runs detections on segment tables and captures, and reports what they found. */

import { statSync, watch } from 'node:fs';
import { Command } from 'commander';
import { parseWords } from '../command-line/parse-words.js';
import { filesOf } from '../detection-test/files.js';
import { type TestOptions, TestRun } from '../detection-test/run.js';
import { print } from '../detection-test/show.js';
import { FileChanges } from '../run/file-changes.js';
import { collected, wholeNumber } from './values.js';

const HELP = `
Files are detections (.ts, .js), segment tables (.segments) and captures (.pcap, .pcapng); a folder stands for all
files in it. The default is the current folder. A table or capture belongs to the detection of the same name in the
same folder (beacon.ts, beacon.segments, beacon.pcap), or to the detections given; a table may name others
(detection FILE). Each case of a table is played as written, in segments of one byte and in segments of random
length: the findings must be the same.

Examples:
  sluice test
  sluice test beacon.ts beacon.segments
  sluice test beacon.ts capture.pcap --inline
  sluice test --watch
`;

interface Options extends TestOptions {
  watch?: boolean;
}

/** @returns the exit code: 1 when the alerts differ from the expected ones */
export async function command(words: readonly string[]): Promise<number> {
  const parsed = parse(words);
  if (!parsed) return 0;
  const { paths, options } = parsed;
  const runAll = () => new TestRun(filesOf(paths), options).run();
  const code = await runAll();
  if (options.watch) await watchAndRun(paths, runAll);
  return code;
}

function parse(words: readonly string[]): { paths: string[]; options: Options } | undefined {
  const program = new Command('sluice test')
    .argument('[files...]', 'detections, segment tables, captures, folders')
    .option('-w, --watch', 'run again when a file changes')
    .option('-c, --config <file>', 'configuration file')
    .option('-p, --profile <name>', 'thread profile for captures: see sluice profiles list', 'single')
    .option('--inline', 'process captures as if inline')
    .option('--seed <number>', 'seed of the random segments', wholeNumber, 1)
    .option('--set <path=value>', 'change one setting', collected)
    .addHelpText('after', HELP)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  if (!parseWords(program, words)) return undefined;
  return { paths: program.args.length > 0 ? program.args : ['.'], options: program.opts<Options>() };
}

/** Changes come in bursts: those that arrive during a run trigger one more run. */
async function watchAndRun(paths: readonly string[], runAll: () => Promise<number>): Promise<never> {
  let changed: (() => void) | undefined;
  let pending = false;
  const note = (): void => {
    pending = true;
    changed?.();
  };
  const isFolder = (path: string): boolean => statSync(path).isDirectory();
  for (const folder of paths.filter(isFolder)) watch(folder, { recursive: true }, note);
  new FileChanges(note).add(paths.filter(path => !isFolder(path)));
  for (;;) {
    if (!pending)
      await new Promise<void>(resolve => {
        changed = resolve;
      });
    await new Promise(resolve => setTimeout(resolve, 50));
    pending = false;
    print('', '── changed ──');
    await runAll().catch((error: Error) => print(error.message));
  }
}
