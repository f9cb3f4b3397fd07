/** `sluice why`: tells from the records of a run why packets of a flow, or one packet, were dropped. */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { UsageError } from '../usage-error.js';
import { type EveRecord, explanation, recordsOf } from '../why.js';

/** @returns the exit code: 1 when there is no record of it */
export async function command(words: readonly string[]): Promise<number> {
  const program = new Command('sluice why')
    .argument('<id>', 'flow_id of a record, or the number of a packet (pcap_cnt)')
    .option('-l, --folder <folder>', 'folder of the run with eve.json', '/var/log/suricata')
    .description('why packets were dropped: rule, limit or policy');
  let code = 0;
  program.action(async (id: string, options: { folder: string }) => {
    code = await why(id, options.folder);
  });
  await program.parseAsync(words.length === 0 ? ['--help'] : [...words], { from: 'user' });
  return code;
}

async function why(id: string, folder: string): Promise<number> {
  if (!/^\d+$/.test(id)) throw new UsageError(`${id}: expected a flow_id or the number of a packet`);
  const file = join(folder, 'eve.json');
  if (!existsSync(file)) throw new UsageError(`there is no ${file}; -l names the folder of the run`);
  const records = recordsOf(await read(file, id), id);
  if (records.length === 0) {
    process.stdout.write(`no record of ${id} in ${file}\n`);
    return 1;
  }
  process.stdout.write(`${explanation(records).join('\n')}\n`);
  return 0;
}

/** A log may be larger than memory: what cannot concern the flow or packet is not kept. */
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
      // The last line of a run that was killed may be cut.
    }
  });
  return records;
}

async function eachLine(file: string, look: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: createReadStream(file) })) look(line);
}
