/** A run of `sluice test` on its files. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { expressionCheck } from '../../../signatures/expression-check.js';
import { loadProtocols } from '../../application/load-protocols.js';
import { findPlugin } from '../../detection/find.js';
import { protocolPlugins } from '../run/plugins.js';
import { DetectionLoader } from '../run/prepare-detections.js';
import { readSettings } from '../settings.js';
import { UsageError } from '../usage-error.js';
import { type CaptureFinding, runCapture } from './captures.js';
import { type Files, stem } from './files.js';
import { AS_WRITTEN, BYTE_BY_BYTE, play, randomSegments, type Segmentation } from './play.js';
import { captureLine, caseLines, failureLines, print } from './show.js';
import { parseTable, type Table, TableError } from './table.js';

export interface TestOptions {
  readonly config?: string;
  /** Profile of threads for captures. */
  readonly profile: string;
  readonly inline?: boolean;
  /** Seed of random segment lengths. */
  readonly seed: number;
  readonly set?: string[];
}

export class TestRun {
  private failed = 0;
  private cases = 0;
  private readonly segmentations: readonly Segmentation[];

  constructor(
    private readonly files: Files,
    private readonly options: TestOptions,
  ) {
    const { seed } = options;
    this.segmentations = [AS_WRITTEN, BYTE_BY_BYTE, randomSegments(seed), randomSegments(seed + 1)];
  }

  /** @returns the exit code: 1 when the alerts differ from the expected ones */
  async run(): Promise<number> {
    const { tables, captures } = this.files;
    if (tables.length + captures.length === 0)
      throw new UsageError('nothing to test: no segment table (.segments) and no capture found');
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
      const context = await this.playContext(table, file);
      for (const each of table.cases) {
        this.cases++;
        const problems: string[] = [];
        let shown: string[] = [];
        for (const segmentation of this.segmentations) {
          const { findings, failures } = await play(each, context, segmentation);
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

  /**
   * Plugins named in a table's settings are relative to the table; those in a configuration are relative to that file.
   */
  private async playContext(table: Table, file: string) {
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
      const detections = this.detectionsFor(file);
      const { found, problems } = await runCapture(file, detections, { profile, inline, words, config });
      print(...found.map(captureLine));
      if (found.length === 0) print('    no findings');
      if (problems.length > 0) this.failed++;
      print(...problems.map(text => `  ✗ ${text}`));
      this.compare(file, found);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** `x.expected` next to `x.pcap`: `DETECTION MESSAGE` of each finding, one per line, in any order. */
  private compare(file: string, found: readonly CaptureFinding[]): void {
    const expected = `${stem(file)}.expected`;
    if (!existsSync(expected)) return;
    const expectedLines = readFileSync(expected, 'utf8').split('\n').filter(Boolean).sort();
    const reported = found.map(({ detection, message }) => `${detection} ${message ?? ''}`.trim()).sort();
    const missing = without(expectedLines, reported).map(line => `    missing: ${line}`);
    const surplus = without(reported, expectedLines).map(line => `    not expected: ${line}`);
    if (missing.length + surplus.length === 0) return;
    this.failed++;
    print(`  ✗ ${relative('.', expected)}`, ...missing, ...surplus);
  }

  /** Detections with the same name as the file, or all that were named explicitly. */
  private detectionsFor(file: string): string[] {
    const { detections, named } = this.files;
    const own = detections.filter(other => stem(other) === stem(file));
    const chosen = own.length > 0 && !named ? own : detections;
    if (chosen.length > 0) return chosen.map(each => resolve(each));
    const neighbour = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']
      .map(ending => stem(file) + ending)
      .find(existsSync);
    if (neighbour) return [resolve(neighbour)];
    throw new Error(
      `no detection for ${basename(file)}: name one, or add it in the same folder as ${stem(basename(file))}.ts`,
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
