/** The engine's records of a scenario. */
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Engine } from '../conformance/engine.js';
import { ALL_RECORDS_CONFIG } from '../fuzz/run-records.js';
import { pcapFile } from '../packets/pcap-file.js';
import type { CaptureRecord, Scenario } from './scenario.js';

export interface ScenarioResult {
  readonly records: readonly CaptureRecord[];
  /** Errors of the run itself. */
  readonly errors: readonly string[];
}

/** The largest number of alerts per packet: beyond it, the order of rules would decide which ones are kept. */
const ALL_ALERTS = ['--set', 'packet-alert-max=255'];
const SEPARATE_CAPTURES = ['--set', 'pcap-file.separate=yes'];

/** Results of earlier runs are reused. */
export class ScenarioRunner {
  private readonly results = new WeakMap<Scenario, ScenarioResult>();

  constructor(private readonly engine: Engine) {}

  async run(scenario: Scenario): Promise<ScenarioResult> {
    const result = this.results.get(scenario) ?? (await runScenario(this.engine, scenario));
    this.results.set(scenario, result);
    return result;
  }
}

async function runScenario(engine: Engine, scenario: Scenario): Promise<ScenarioResult> {
  const output = mkdtempSync(join(tmpdir(), 'sluice-metamorphic-'));
  try {
    const words = [
      '-c',
      writeScenario(output, scenario),
      '-r',
      join(output, 'captures'),
      '-l',
      output,
      ...ALL_ALERTS,
    ];
    const isSingle = Object.keys(scenario.captures).length === 1;
    const separate = isSingle ? [] : SEPARATE_CAPTURES;
    const ownWords = scenario.words ?? [];
    const profile = ownWords.includes('--runmode') ? [] : ['--runmode', 'single'];
    const options = { cwd: process.cwd(), env: process.env, output, timeoutSeconds: 600 };
    const exit = await engine.run([...words, '-k', 'none', ...separate, ...profile, ...ownWords], options);
    const records = await recordsOf(join(output, 'eve.json'));
    return { records, errors: errorsOf(output, exit) };
  } finally {
    rmSync(output, { recursive: true });
  }
}

/** @returns the configuration file */
function writeScenario(folder: string, scenario: Scenario): string {
  mkdirSync(join(folder, 'captures'));
  for (const [name, { packets, linkType }] of Object.entries(scenario.captures))
    writeFileSync(join(folder, 'captures', `${name}.pcap`), pcapFile(packets, { linkType }));
  const texts = scenario.files ?? [`${scenario.rules.join('\n')}\n`];
  const files = texts.map((text, i) => {
    const file = join(folder, `${i}.rules`);
    writeFileSync(file, text, 'latin1');
    return file;
  });
  const config = join(folder, 'sluice.yaml');
  writeFileSync(
    config,
    `${ALL_RECORDS_CONFIG}rule-files: ${JSON.stringify(files)}\n${scenario.config ?? ''}`,
  );
  return config;
}

function errorsOf(output: string, exit: unknown): string[] {
  const printed = ['stderr', 'stdout'].map(name => readFileSync(join(output, name), 'utf8')).join('');
  const thrown = /parser \S+ failed:.{0,600}/s.exec(printed);
  if (thrown) return [thrown[0]];
  return exit === 0 ? [] : [`ended with ${exit}: ${printed.slice(-400)}`];
}

async function recordsOf(file: string): Promise<CaptureRecord[]> {
  const records: CaptureRecord[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const { pcap_filename, flow_id, parent_id, ...record } = JSON.parse(line);
    const capture = basename(pcap_filename ?? '', '.pcap');
    // Records of the whole run, and of tags, which rules may set for hosts.
    if (!['stats', 'packet'].includes(record.event_type)) records.push({ capture, record });
  }
  return records;
}
