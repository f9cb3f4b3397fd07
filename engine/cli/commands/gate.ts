/** `sluice gate`: creates and removes the firewall rules that send packets to the sensor. */

import { subcommands } from '../command-line/subcommands.js';
import { type GateOptions, gateDown, gateStatus, gateUp, plannedCommands } from '../gate.js';
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
      .description('install rules that queue packets; replaces an existing gate')
      .option(
        '-q, --queue <queues>',
        'queue, or a range such as 0:3 over which connections are distributed',
        '0',
      )
      .option('--hook <hooks>', 'hooks whose packets are queued: forward, input, output', 'forward')
      .option('-i, --in <device>', 'only packets received on this device')
      .option('-o, --out <device>', 'only packets sent to this device')
      .option('-p, --ports <ports>', 'only TCP and UDP with one of these ports: 80,443')
      .option('--no-bypass', 'drop packets while no sensor is running, instead of accepting them')
      .option('--mark <mark/mask>', 'do not queue packets with this mark, nor their connections: 0x1/0x1')
      .option(
        '--bypass-sets',
        'create the nftables sets for the flows bypassed through nfq.bypass-hook; needs --mark',
      )
      .option('--dry-run', 'print the commands instead of running them')
      .action(up);
    program
      .command('down')
      .description('remove all rules of the gate')
      .action(() => void process.stdout.write(`${gateDown()} rules and chains removed\n`));
    program
      .command('show')
      .description('show the rules of the gate with their packet counts')
      .action(() => void process.stdout.write(gateStatus() || 'no gate is installed\n'));
  });
}

function up(options: UpOptions): void {
  const gate = gateOptions(options);
  if (options.dryRun) process.stdout.write(plannedCommands(gate));
  else gateUp(gate);
}

function gateOptions(given: UpOptions): GateOptions {
  if (given.bypassSets && given.mark === undefined)
    throw new UsageError('--bypass-sets needs a mark for packets of bypassed flows: --mark 0x1/0x1');
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
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new UsageError(`--ports: ${text} is not a port`);
  return port;
}

function markOf(text: string): string {
  if (/^(0x[\da-f]{1,8}|\d+)(\/(0x[\da-f]{1,8}|\d+))?$/i.test(text)) return text;
  throw new UsageError(`--mark ${text}: expected a mark such as 0x1 or 0x1/0x1`);
}
