/** The program: its own commands, or a run with Suricata's options. */
import { holdBuild } from '../compiled.js';
import { nearest } from '../nearest.js';
import { optimizeLess } from './optimize-less.js';
import { isInBackground, runInBackground } from './run/background.js';
import { UsageError } from './usage-error.js';

/** Commands, each in a file that is loaded on use. */
const COMMANDS: Readonly<
  Record<string, () => Promise<{ command(words: readonly string[]): Promise<number> }>>
> = {
  replay: () => import('./commands/replay.js'),
  reassemble: () => import('./commands/reassemble.js'),
  profiles: () => import('./commands/profiles.js'),
  rules: () => import('./commands/rules.js'),
  config: () => import('./commands/config.js'),
  gate: () => import('./commands/gate.js'),
  why: () => import('./commands/why.js'),
  new: () => import('./commands/new.js'),
  test: () => import('./commands/test.js'),
};

/** @param words the command line after the program's name  @returns the exit code */
export async function main(words: readonly string[]): Promise<number> {
  holdBuild();
  optimizeLess();
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreBrokenPipe);
  try {
    const [first = '', ...rest] = words;
    if (Object.hasOwn(COMMANDS, first)) return await (await COMMANDS[first]!()).command(rest);
    if (first === 'help') return await start(['--help']);
    const suggestion =
      /^[a-z]{4,}$/.test(first) && words.length <= 2 ? nearest(first, Object.keys(COMMANDS)) : undefined;
    if (suggestion !== undefined)
      throw new UsageError(`unknown command ${first}, did you mean ${suggestion}?`);
    return await start(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`Error: ${error.message}\n`);
    return 1;
  }
}

/** The reader of the output has closed the pipe (`| head`): the program continues without it. */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

async function start(words: readonly string[]): Promise<number> {
  const { parseArguments } = await import('./command-line/parse.js');
  const shown: string[] = [];
  const commandLine = parseArguments(words.length === 0 ? ['--help'] : words, text => void shown.push(text));
  process.stdout.write(shown.join(''));
  if (!commandLine) return 0;
  if (commandLine.show) return (await import('./show.js')).show(commandLine, commandLine.show);
  if (commandLine.engineAnalysis) return (await import('./rules/analyze.js')).engineAnalysis(commandLine);
  if (commandLine.background && !isInBackground()) return runInBackground(words);
  if (commandLine.unixSocket !== undefined && !commandLine.test)
    return (await import('./capture-queue.js')).captureQueue(commandLine, words);
  return (await import('./run.js')).run(commandLine, { summary: false });
}
