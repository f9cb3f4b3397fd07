/** The engine's records of a story. */
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Engine } from '../conformance/engine.js';
import { EVERYTHING } from '../fuzz/run-records.js';
import { pcapFile } from '../packets/pcap-file.js';
import type { Story, Told } from './story.js';

export interface Telling {
  readonly records: readonly Told[];
  /** Errors of the run itself. */
  readonly wrong: readonly string[];
}

/** The largest number of alerts per packet: beyond it, the order of rules would decide which ones are kept. */
const ALL_ALERTS = ['--set', 'packet-alert-max=255'];
const SEPARATE = ['--set', 'pcap-file.separate=yes'];

/** Results of earlier runs are reused. */
export class Teller {
  private readonly known = new WeakMap<Story, Telling>();

  constructor(private readonly engine: Engine) {}

  async tell(story: Story): Promise<Telling> {
    const telling = this.known.get(story) ?? (await tell(this.engine, story));
    this.known.set(story, telling);
    return telling;
  }
}

async function tell(engine: Engine, story: Story): Promise<Telling> {
  const output = mkdtempSync(join(tmpdir(), 'sluice-retold-'));
  try {
    const words = [
      '-c',
      writeStory(output, story),
      '-r',
      join(output, 'captures'),
      '-l',
      output,
      ...ALL_ALERTS,
    ];
    const isOne = Object.keys(story.captures).length === 1;
    const separate = isOne ? [] : SEPARATE;
    const own = story.words ?? [];
    const profile = own.includes('--runmode') ? [] : ['--runmode', 'single'];
    const place = { cwd: process.cwd(), env: process.env, output, timeoutSeconds: 600 };
    const ending = await engine.run([...words, '-k', 'none', ...separate, ...profile, ...own], place);
    const records = await recordsOf(join(output, 'eve.json'));
    return { records, wrong: wrongIn(output, ending) };
  } finally {
    rmSync(output, { recursive: true });
  }
}

/** @returns the configuration file */
function writeStory(folder: string, story: Story): string {
  mkdirSync(join(folder, 'captures'));
  for (const [name, { packets, linkType }] of Object.entries(story.captures))
    writeFileSync(join(folder, 'captures', `${name}.pcap`), pcapFile(packets, { linkType }));
  const texts = story.files ?? [`${story.rules.join('\n')}\n`];
  const files = texts.map((text, i) => {
    const file = join(folder, `${i}.rules`);
    writeFileSync(file, text, 'latin1');
    return file;
  });
  const config = join(folder, 'sluice.yaml');
  writeFileSync(config, `${EVERYTHING}rule-files: ${JSON.stringify(files)}\n${story.config ?? ''}`);
  return config;
}

function wrongIn(output: string, ending: unknown): string[] {
  const printed = ['stderr', 'stdout'].map(name => readFileSync(join(output, name), 'utf8')).join('');
  const thrown = /parser \S+ failed:.{0,600}/s.exec(printed);
  if (thrown) return [thrown[0]];
  return ending === 0 ? [] : [`ended with ${ending}: ${printed.slice(-400)}`];
}

async function recordsOf(file: string): Promise<Told[]> {
  const records: Told[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const { pcap_filename, flow_id, parent_id, ...record } = JSON.parse(line);
    const capture = basename(pcap_filename ?? '', '.pcap');
    // Records of the whole run, and of tags, which rules may set for hosts.
    if (!['stats', 'packet'].includes(record.event_type)) records.push({ capture, record });
  }
  return records;
}
