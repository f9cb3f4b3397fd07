/** `sluice why`: explains from the records of a run why packets of a flow, or a single packet, were dropped. */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { parseWords } from '../command-line/parse-words.js';
import { LOG_FOLDER } from '../options.js';
import { readSettings } from '../settings.js';
import { UsageError } from '../usage-error.js';
import { type EveRecord, explanation, recordsOf } from '../why.js';

interface Options {
  folder?: string;
  config?: string;
}

/** @returns the exit code: 1 when there is no record of the flow or packet */
export async function command(words: readonly string[]): Promise<number> {
  const program = new Command('sluice why')
    .argument('<id>', 'flow_id of a record, or packet number (pcap_cnt)')
    .option(
      '-l, --folder <folder>',
      'log folder of the run, with eve.json (default: that of the configuration)',
    )
    .option('-c, --config <file>', 'configuration file of the run')
    .description('Shows why packets were dropped: rule, limit or policy.')
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  if (!parseWords(program, words.length === 0 ? ['--help'] : words)) return 0;
  return why(program.args[0]!, folderOf(program.opts<Options>()));
}

function folderOf({ folder, config }: Options): string {
  return folder ?? readSettings({ config }).config.read(LOG_FOLDER);
}

async function why(id: string, folder: string): Promise<number> {
  if (!/^\d+$/.test(id)) throw new UsageError(`${id}: expected a flow_id or a packet number`);
  const file = join(folder, 'eve.json');
  if (!existsSync(file))
    throw new UsageError(`${file} does not exist; name the log folder of the run with -l`);
  const records = recordsOf(await read(file, id), id);
  if (records.length === 0) {
    process.stdout.write(`no record of ${id} in ${file}\n`);
    return 1;
  }
  process.stdout.write(`${explanation(records).join('\n')}\n`);
  return 0;
}

/** A log may be larger than memory: only records that may concern the flow or packet are kept. */
async function read(file: string, id: string): Promise<EveRecord[]> {
  const flows = new Set([`"flow_id":${id},`]);
  await eachLine(file, line => {
    if (!line.includes(`"pcap_cnt":${id},`)) return;
    const flow = /"flow_id":(\d+)/.exec(line);
    if (flow) flows.add(`"flow_id":${flow[1]},`);
  });
  const records: EveRecord[] = [];
  await eachLine(file, line => {
    if (![...flows].some(flow => line.includes(flow)) && !line.includes(`"pcap_cnt":${id},`)) return;
    try {
      records.push(JSON.parse(line) as EveRecord);
    } catch {
      // The last line of a killed run may be truncated.
    }
  });
  return records;
}

/** @throws UsageError when the file cannot be read */
function eachLine(file: string, look: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = ({ message }: Error) => reject(new UsageError(`${file} cannot be read: ${message}`));
    const input = createReadStream(file).on('error', failed);
    // Some versions of Node forward errors of the input stream, others do not.
    createInterface({ input }).on('line', look).on('close', resolve).on('error', failed);
  });
}
