/** `sluice test`: runs detections over segment tables and captures, and tells what they found. */
import { existsSync, readdirSync, readFileSync, statSync, watch } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { expressionCheck } from '../../../signatures/expression-check.js';
import { loadProtocols } from '../../application/load-protocols.js';
import { findPlugin, isCode } from '../../detection/find.js';
import { type CaptureFinding, runCapture } from '../detection-test/captures.js';
import { AS_WRITTEN, BYTE_BY_BYTE, play, randomSegments, type Segmentation } from '../detection-test/play.js';
import { captureLine, caseLines, failureLines } from '../detection-test/show.js';
import { parseTable, type Table, TableError } from '../detection-test/table.js';
import { protocolPlugins } from '../preparation.js';
import { DetectionLoader } from '../prepare-detections.js';
import { readSettings } from '../settings.js';
import { UsageError } from '../usage-error.js';

const HELP = `
Files are detections (.ts, .js), segment tables (.segments) and captures (.pcap, .pcapng); a folder stands for all in
it. Without any: the current folder. A table or capture belongs to the detections beside it of the same name
(beacon.ts, beacon.segments, beacon.pcap), or to those that are named; a table may name others (detection FILE).
Each case of a table is played as written and cut into segments of one byte and of random lengths: the same must be
told.

Examples:
  sluice test
  sluice test beacon.ts beacon.segments
  sluice test beacon.ts capture.pcap --inline
  sluice test --watch
`;

interface Options {
  watch?: boolean;
  config?: string;
  profile: string;
  inline?: boolean;
  seed: string;
  set?: string[];
}

/** @returns the exit code: 1 when something else was told than what was expected */
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
  const collect = (value: string, before?: string[]): string[] => [...(before ?? []), value];
  const program = new Command('sluice test')
    .argument('[files...]', 'detections, segment tables, captures, folders')
    .option('-w, --watch', 'run again whenever a file changes')
    .option('-c, --config <file>', 'configuration file')
    .option('-p, --profile <name>', 'threads for captures: see sluice profiles list', 'single')
    .option('--inline', 'decide about packets of captures as if inline')
    .option('--seed <number>', 'for random segments', '1')
    .option('--set <path=value>', 'change one setting', collect)
    .addHelpText('after', HELP)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(error.message.replace(/^error: /, ''));
  }
  return { paths: program.args.length > 0 ? program.args : ['.'], options: program.opts<Options>() };
}

interface Files {
  readonly detections: readonly string[];
  readonly tables: readonly string[];
  readonly captures: readonly string[];
  /** Detections that were named one by one are run over everything. */
  readonly named: boolean;
}

const TABLE = /\.segments$/;
const CAPTURE = /\.(pcap|pcapng|cap)$/;
const NO_DETECTION = /\.(test|spec|d)\.m?[jt]s$/;

function filesOf(paths: readonly string[]): Files {
  const files = paths.flatMap(path => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) throw new UsageError(`there is no ${path}`);
    return found.isDirectory() ? filesIn(path) : [path];
  });
  const isFolder = (path: string) => statSync(path).isDirectory();
  return {
    detections: files.filter(file => isCode(file) && !NO_DETECTION.test(file)),
    tables: files.filter(file => TABLE.test(file)),
    captures: files.filter(file => CAPTURE.test(file)),
    named: !paths.some(isFolder),
  };
}

/** Tables and captures, and the detections that have one. */
function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => !/(^|\/)(node_modules|\.)/.test(name))
    .sort();
  const data = names.filter(name => TABLE.test(name) || CAPTURE.test(name));
  const stems = new Set(data.map(stem));
  const code = names.filter(name => isCode(name) && !NO_DETECTION.test(name) && stems.has(stem(name)));
  return [...code, ...data].map(name => join(folder, name));
}

function stem(path: string): string {
  return path.replace(/\.[^./]+$/, '');
}

class TestRun {
  private failed = 0;
  private cases = 0;
  private readonly segmentations: readonly Segmentation[];

  constructor(
    private readonly files: Files,
    private readonly options: Options,
  ) {
    const seed = Number(options.seed);
    this.segmentations = [AS_WRITTEN, BYTE_BY_BYTE, randomSegments(seed), randomSegments(seed + 1)];
  }

  async run(): Promise<number> {
    const { tables, captures } = this.files;
    if (tables.length + captures.length === 0)
      throw new UsageError('nothing to run over: no segment table (.segments) and no capture is there');
    const started = performance.now();
    for (const file of tables) await this.table(file);
    for (const file of captures) await this.capture(file);
    const time = Math.round(performance.now() - started);
    const outcome = this.failed === 0 ? 'all as expected' : `${this.failed} failed`;
    print(`${this.cases} cases, ${captures.length} captures: ${outcome} (${time} ms)`);
    return this.failed === 0 ? 0 : 1;
  }

  private async table(file: string): Promise<void> {
    print(relative('.', file));
    try {
      const table = parseTable(readFileSync(file, 'utf8'), relative('.', file));
      const around = await this.surroundings(table, file);
      for (const each of table.cases) {
        this.cases++;
        const problems: string[] = [];
        let shown: string[] = [];
        for (const segmentation of this.segmentations) {
          const { findings, failures } = await play(each, around, segmentation);
          if (segmentation === AS_WRITTEN) shown = caseLines(each, findings);
          problems.push(...failureLines(table.file, segmentation.name, failures));
        }
        print(`  ${problems.length === 0 ? '✓' : '✗'} ${each.name}`, ...shown, ...problems);
        if (problems.length > 0) this.failed++;
      }
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private detectionsOf(table: Table, file: string): string[] {
    if (table.detections.length > 0)
      return table.detections.map(name => findPlugin(name, resolve(dirname(file))));
    return this.detectionsFor(file);
  }

  /** Plugins that a table's settings name lie beside it; those of a configuration beside that. */
  private async surroundings(table: Table, file: string) {
    const files = this.detectionsOf(table, file);
    const { config, plugins } = this.configured(file, table.settings);
    const protocols = await loadProtocols(plugins);
    const loading = { config, protocols, exclusive: files, checkExpression: expressionCheck() };
    const { detections, problems } = new DetectionLoader(process.cwd()).load(loading);
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
    return { config, detections, protocols };
  }

  private configured(file: string, settings: readonly string[]) {
    const { options } = this;
    const sets = [...settings, ...(options.set ?? [])];
    const { config } = readSettings({ config: options.config, sets });
    return { config, plugins: protocolPlugins(config, resolve(dirname(options.config ?? file))) };
  }

  private async capture(file: string): Promise<void> {
    const { profile, inline = false, set = [], config } = this.options;
    print(relative('.', file));
    try {
      const { plugins } = this.configured(file, []);
      const sets = [...set, ...plugins.map((path, i) => `app-layer.plugins.${i}=${path}`)];
      const words = sets.flatMap(each => ['--set', each]);
      const found = await runCapture(file, this.detectionsFor(file), { profile, inline, words, config });
      print(...found.map(captureLine));
      if (found.length === 0) print('    nothing told');
      this.compare(file, found);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** `x.expected` beside `x.pcap`: `DETECTION MESSAGE` of each finding, a line each, in any order. */
  private compare(file: string, found: readonly CaptureFinding[]): void {
    const expected = `${stem(file)}.expected`;
    if (!existsSync(expected)) return;
    const wanted = readFileSync(expected, 'utf8').split('\n').filter(Boolean).sort();
    const told = found.map(({ detection, message }) => `${detection} ${message ?? ''}`.trim()).sort();
    const missing = without(wanted, told).map(line => `    missing: ${line}`);
    const surplus = without(told, wanted).map(line => `    not expected: ${line}`);
    if (missing.length + surplus.length === 0) return;
    this.failed++;
    print(`  ✗ ${relative('.', expected)}`, ...missing, ...surplus);
  }

  /** Those of the same name, or all that were named. */
  private detectionsFor(file: string): string[] {
    const { detections, named } = this.files;
    const own = detections.filter(other => stem(other) === stem(file));
    const chosen = own.length > 0 && !named ? own : detections;
    if (chosen.length > 0) return chosen.map(each => resolve(each));
    const beside = ['.ts', '.mts', '.js', '.mjs'].map(ending => stem(file) + ending).find(existsSync);
    if (beside) return [resolve(beside)];
    throw new Error(
      `no detection for ${basename(file)}: name one, or put it beside as ${stem(basename(file))}.ts`,
    );
  }

  private fail(error: Error): void {
    this.failed++;
    const expected = error instanceof TableError || !process.env.SLUICE_DEBUG;
    print(`  ✗ ${expected ? error.message : error.stack}`);
  }
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter(line => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function print(...lines: string[]): void {
  process.stdout.write(lines.map(line => `${line}\n`).join(''));
}

/** Changes come in bursts: what comes while a run is on leads to one more. */
async function watchAndRun(paths: readonly string[], runAll: () => Promise<number>): Promise<never> {
  let changed: (() => void) | undefined;
  let pending = false;
  for (const path of paths)
    watch(path, { recursive: statSync(path).isDirectory() }, () => {
      pending = true;
      changed?.();
    });
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
