/** `sluice reassemble`: prints or writes the reassembled data of each side of each flow in a capture. */

import { writeSync } from 'node:fs';
import { Command, Option } from 'commander';
import { ConfigError } from '../../config/config-error.js';
import { HOST_OS } from '../../stream/host-os-policy.js';
import { parseWords } from '../command-line/parse-words.js';
import { jsonLine } from '../reassemble/as-json.js';
import { textLines } from '../reassemble/as-text.js';
import type { Side } from '../reassemble/side.js';
import { SideFolder } from '../reassemble/to-folder.js';
import { DEFAULT_MOST, type ReassembleOptions, reassembleCapture } from '../reassemble.js';
import { UsageError } from '../usage-error.js';
import { collected, wholeNumber } from './values.js';

const EXAMPLES = `
Examples:
  sluice reassemble dump.pcap                        text, or a hex dump of binary data
  sluice reassemble dump.pcap --policy linux --json  as a Linux host reassembles it
  sluice reassemble dump.pcap --out streams          a file for each direction
`;

interface Options extends ReassembleOptions {
  json?: boolean;
  out?: string;
}

/** @returns the exit code: 1 when the capture could not be read to its end */
export async function command(words: readonly string[]): Promise<number> {
  const parsed = parse(words);
  if (!parsed) return 0;
  try {
    return (await reassembleCapture(parsed.file, parsed.options, printer(parsed.options))) ? 0 : 1;
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    const isOurs = error instanceof ConfigError || (error as NodeJS.ErrnoException).code !== undefined;
    throw isOurs ? new UsageError((error as Error).message) : error;
  }
}

function parse(words: readonly string[]): { file: string; options: Options } | undefined {
  const command = new Command('sluice reassemble')
    .description(
      'Shows the data that each side of each connection in a capture received, as its operating system reassembles it.',
    )
    .argument('<file>', 'capture, folder of captures, or - for standard input')
    .addOption(new Option('--policy <system>', 'reassembly policy of all receivers').choices(HOST_OS))
    .option('--inline', 'as in inline mode: the data that came first is used')
    .option('--json', 'one JSON object per line for each direction')
    .option('--out <folder>', 'write each direction to a file in this folder')
    .option('-c, --config <file>', 'configuration file (host-os-policy, stream and defrag are used)')
    .option('--set <path=value>', 'change one setting', collected)
    .addOption(
      new Option('--checksums <mode>', 'none accepts packets with invalid checksums').choices([
        'all',
        'none',
        'auto',
      ]),
    )
    .option('--most <bytes>', 'maximum bytes shown of each direction', wholeNumber, DEFAULT_MOST)
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  if (!parseWords(command, words.length === 0 ? ['--help'] : words)) return undefined;
  return { file: command.args[0]!, options: command.opts<Options>() };
}

function printer({ json, out }: Options): (side: Side) => void {
  if (out !== undefined) {
    const folder = new SideFolder(out);
    return side => folder.write(side);
  }
  if (json) return side => print(`${jsonLine(side)}\n`);
  return side => print(`${textLines(side).join('\n')}\n`);
}

/** The capture is processed synchronously, so output is written immediately instead of when the event loop runs. */
function print(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') throw new ReaderGone();
      if (code !== 'EAGAIN') throw error;
      // The pipe is full at the moment.
      Atomics.wait(PAUSE, 0, 0, 5);
    }
  }
}

/** The reader has closed the pipe: `sluice reassemble … | head`. */
class ReaderGone extends Error {}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));
