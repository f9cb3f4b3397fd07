/**
 * `sluice reassemble FILE`: what each side of each conversation in a capture received, put together as the receiving
 * system does it; and what fragments make.
 */
import { writeSync } from 'node:fs';
import { Command, Option } from 'commander';
import decode from '../../modules/decode.js';
import flow from '../../modules/flow.js';
import pcap from '../../modules/pcap.js';
import stream from '../../modules/stream.js';
import { Config, type ConfigTree } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { HOST_OS, HostOsPolicy } from '../host-os-policy.js';
import type { Log } from '../module.js';
import { jsonLine } from './reassemble/as-json.js';
import { textLines } from './reassemble/as-text.js';
import { Collector } from './reassemble/collector.js';
import { runModules } from './reassemble/one-thread.js';
import type { Side } from './reassemble/side.js';
import { SideFolder } from './reassemble/to-folder.js';

export interface ReassembleOptions {
  /** System of all receivers; by `host-os-policy` of the configuration when absent. */
  readonly policy?: string;
  readonly inline?: boolean;
  /** Configuration file, and `path=value` texts. */
  readonly config?: string;
  readonly set?: readonly string[];
  /** Whether checksums are verified: all, none, or auto. */
  readonly checksums?: string;
  /** Bytes kept of each side. */
  readonly most?: number;
  /** Packets that are handled together. */
  readonly batchSize?: number;
}

/** @returns false when the capture could not be read to its end; what was read is handed to `onSide` all the same */
export async function reassembleCapture(
  file: string,
  options: ReassembleOptions,
  onSide: (side: Side) => void,
): Promise<boolean> {
  const config = configFor(file, options);
  let errors = 0;
  const log = messagesTo(() => errors++);
  const collector = {
    hosts: new HostOsPolicy(config),
    inline: options.inline ?? false,
    most: options.most ?? DEFAULT_MOST,
    onSide,
  };
  const { batchSize } = options;
  await runModules(
    [pcap, decode, flow, stream],
    { config, log, batchSize },
    thread => new Collector(thread, collector),
  );
  return errors === 0;
}

const DEFAULT_MOST = 64 * 2 ** 20;

function configFor(file: string, options: ReassembleOptions): Config {
  const { config } = loadConfig({ file: options.config, sets: options.set });
  const tree: Record<string, unknown> = { ...config.tree };
  const streamTree = { ...(tree.stream as ConfigTree | undefined) };
  const reassembly = { ...(streamTree.reassembly as ConfigTree | undefined) };
  if (options.config === undefined) reassembly.depth ??= 0;
  streamTree.inline = options.inline ? 'yes' : 'no';
  streamTree.reassembly = reassembly;
  if (options.checksums !== undefined) tree.capture = { 'checksum-validation': options.checksums };
  tree.stream = streamTree;
  tree['pcap-file'] = { files: [file] };
  if (options.policy !== undefined) tree['host-os-policy'] = { [options.policy]: ['0.0.0.0/0', '::/0'] };
  return new Config(tree);
}

function messagesTo(onError: () => void): Log {
  const tell = (level: string, text: string) => void process.stderr.write(`${level}: ${text}\n`);
  return {
    debug() {},
    info() {},
    notice() {},
    warning: text => tell('warning', text),
    error: text => {
      onError();
      tell('error', text);
    },
  };
}

/** The command; sets the exit code 1 when the capture could not be read to its end. */
export function reassemble(): Command {
  return new Command('reassemble')
    .summary('put the streams and fragments of a capture together')
    .description(
      'Prints what each side of each conversation in a capture received, as its operating system puts it together.',
    )
    .argument('<file>', 'capture file, folder of them, or - for standard input')
    .addOption(new Option('--policy <system>', 'system of all receivers').choices(HOST_OS))
    .option('--inline', 'as when packets are inspected before they leave: what came first counts')
    .option('--json', 'one JSON object a line for each direction')
    .option('--out <folder>', 'write each direction to a file in this folder')
    .option('-c, --config <file>', 'configuration: host-os-policy, stream and defrag are used')
    .option('--set <path=value>', 'set an option', gather, [] as string[])
    .addOption(
      new Option('-k, --checksums <which>', 'verify checksums')
        .choices(['all', 'none', 'auto'])
        .default('auto'),
    )
    .option('--most <bytes>', 'bytes kept of each direction', Number, DEFAULT_MOST)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: ReassembleOptions & { json?: boolean; out?: string }) => {
      const whole = await reassembleCapture(file, options, printer(options));
      if (!whole) process.exitCode = 1;
    });
}

const EXAMPLES = `
Examples:
  sluice reassemble dump.pcap                        text, or a hex dump where it is none
  sluice reassemble dump.pcap --policy linux --json  as a Linux host puts it together
  sluice reassemble dump.pcap --out streams          a file for each direction`;

function gather(value: string, before: string[]): string[] {
  return [...before, value];
}

function printer({ json, out }: { json?: boolean; out?: string }): (side: Side) => void {
  if (out !== undefined) {
    const folder = new SideFolder(out);
    return side => folder.write(side);
  }
  if (json) return side => print(`${jsonLine(side)}\n`);
  return side => print(`${textLines(side).join('\n')}\n`);
}

/** The capture is handled in one go, so output is written as it comes, not when the event loop turns. */
function print(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      // A pipe that is full now.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(PAUSE, 0, 0, 5);
    }
  }
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));
