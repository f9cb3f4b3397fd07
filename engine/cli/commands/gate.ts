/** `sluice gate`: makes and removes the firewall rules that lead packets to the sensor. */

import { subcommands } from '../command-line/subcommands.js';
import { type GateOptions, gateDown, gateShown, gateUp, plannedCommands } from '../gate.js';
import { UsageError } from '../usage-error.js';

interface UpOptions {
  queue: string;
  hook: string;
  in?: string;
  out?: string;
  ports?: string;
  bypass: boolean;
  mark?: string;
  bypassSets?: boolean;
  dryRun?: boolean;
}

export async function command(words: readonly string[]): Promise<number> {
  return subcommands('gate', words, program => {
    program
      .command('up')
      .description('lead packets into queues; a gate that is there is replaced')
      .option('-q, --queue <queues>', 'queue, or a range such as 0:3 over which connections are spread', '0')
      .option('--hook <hooks>', 'forward, input, output: which packets', 'forward')
      .option('-i, --in <device>', 'only packets that come in there')
      .option('-o, --out <device>', 'only packets that leave there')
      .option('-p, --ports <ports>', 'only TCP and UDP with one of these ports: 80,443')
      .option('--no-bypass', 'stop packets while no sensor runs, instead of letting them pass')
      .option('--mark <mark/mask>', 'let packets with this mark pass, and their connections: 0x1/0x1')
      .option(
        '--bypass-sets',
        'make the sets that nfq.bypass-hook adds bypassed flows to (nftables); needs --mark',
      )
      .option('--dry-run', 'show the commands instead')
      .action(up);
    program
      .command('down')
      .description('remove whatever there is of a gate')
      .action(() => void process.stdout.write(`${gateDown()} rules and chains removed\n`));
    program
      .command('show')
      .description('rules of the gate with their packet counts')
      .action(() => void process.stdout.write(gateShown() || 'there is no gate\n'));
  });
}

function up(options: UpOptions): void {
  const gate = gateOptions(options);
  if (options.dryRun) process.stdout.write(plannedCommands(gate));
  else gateUp(gate);
}

function gateOptions(given: UpOptions): GateOptions {
  if (given.bypassSets && given.mark === undefined)
    throw new UsageError('--bypass-sets: packets of bypassed flows need a mark: --mark 0x1/0x1');
  return {
    queues: queuesOf(given.queue),
    hooks: given.hook.split(',').map(hookOf),
    ...(given.in !== undefined && { in: given.in }),
    ...(given.out !== undefined && { out: given.out }),
    ports: (given.ports?.split(',') ?? []).map(portOf),
    bypass: given.bypass,
    bypassSets: given.bypassSets ?? false,
    ...(given.mark !== undefined && { mark: markOf(given.mark) }),
  };
}

function queuesOf(text: string): [number, number] {
  const match = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (!match || last > 65_535 || last < first)
    throw new UsageError(`--queue ${text}: expected a queue from 0 to 65535, or a range such as 0:3`);
  return [first, last];
}

function hookOf(text: string): 'FORWARD' | 'INPUT' | 'OUTPUT' {
  const hook = text.toUpperCase();
  if (hook === 'FORWARD' || hook === 'INPUT' || hook === 'OUTPUT') return hook;
  throw new UsageError(`--hook ${text}: expected forward, input or output`);
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new UsageError(`--ports: ${text} is no port`);
  return port;
}

function markOf(text: string): string {
  if (/^(0x[\da-f]{1,8}|\d+)(\/(0x[\da-f]{1,8}|\d+))?$/i.test(text)) return text;
  throw new UsageError(`--mark ${text}: expected a mark such as 0x1 or 0x1/0x1`);
}
