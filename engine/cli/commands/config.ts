/** `sluice config`: checks a configuration and shows the effective values. */
import { stringify } from 'yaml';
import type { DeclaredOptions } from '../../config/declared.js';
import type { AnyOption } from '../../config/option.js';
import { absentReason } from '../command-line/absent-options.js';
import { subcommands } from '../command-line/subcommands.js';
import { declaredOptions } from '../declared-options.js';
import { configuredProtocols, pluginOptions } from '../run/plugins.js';
import { findingText, readSettings, type Settings } from '../settings.js';
import { UsageError } from '../usage-error.js';
import { collected } from './values.js';

interface ShowOptions {
  config?: string;
  set?: string[];
  defaults?: boolean;
}

/** @returns the exit code: 1 when a value is not accepted */
export async function command(words: readonly string[]): Promise<number> {
  return subcommands('config', words, program => {
    program
      .command('check <file>')
      .description('report errors with file, line, key and expected value')
      .action(check);
    program
      .command('show [path]')
      .description('show the configuration in force, or a part of it: stream.reassembly')
      .option('-c, --config <file>', 'configuration file')
      .option('--set <path=value>', 'change one setting', collected)
      .option('--defaults', 'show all options with their defaults and accepted values instead')
      .action(show);
  });
}

async function check(file: string): Promise<void> {
  const settings = readSettings({ config: file });
  const declared = await optionsOf(settings);
  const findings = declared.check(settings.config.tree);
  const wrong = findings.filter(finding => finding.kind === 'unaccepted' && !finding.isWarning);
  for (const finding of findings) {
    const kind = wrong.includes(finding) ? 'error' : 'warning';
    const reason = finding.kind === 'unknown' ? absentReason(finding.path) : undefined;
    const findings = reason === undefined ? finding : { ...finding, message: `no effect, ${reason}` };
    process.stdout.write(`${kind}: ${findingText(settings, findings)}\n`);
  }
  process.stdout.write(
    `${file}: ${wrong.length} errors, ${findings.length - wrong.length} keys that have no effect\n`,
  );
  if (wrong.length > 0) process.exitCode = 1;
}

/** Options of the engine and of the third-party plugins in the configuration. */
async function optionsOf(settings: Settings): Promise<DeclaredOptions> {
  return declaredOptions(await configuredProtocols(settings), await pluginOptions(settings));
}

async function show(path: string | undefined, options: ShowOptions): Promise<void> {
  const settings = readSettings({ config: options.config, sets: options.set });
  if (options.defaults) {
    const { all } = await optionsOf(settings);
    const shown = all.filter(
      option => path === undefined || option.path === path || option.path.startsWith(`${path}.`),
    );
    if (shown.length === 0) throw new UsageError(`no such option: ${path}`);
    process.stdout.write(shown.map(optionText).join(''));
    return;
  }
  const { config } = settings;
  const value = path === undefined ? config.tree : config.at(path);
  if (value === undefined)
    throw new UsageError(`${path} is not set; sluice config show ${path} --defaults shows the options`);
  process.stdout.write(stringify(path === undefined ? value : { [path]: value }, { lineWidth: 0 }));
}

function optionText({ path, fallback, type, summary }: AnyOption): string {
  const value =
    fallback === undefined ? '' : typeof fallback === 'object' ? JSON.stringify(fallback) : String(fallback);
  return `${path}: ${value}\n    ${summary}; ${type.expected}\n`;
}
