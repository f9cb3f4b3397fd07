/** `sluice rules check`: looks for mistakes in rules. */
import { loadRules } from '../../../signatures/load-rules.js';
import { loadProtocols } from '../../application/load-protocols.js';
import { findingsAsJson, findingsAsText } from '../rules-check.js';
import { readSettings } from '../settings.js';
import { subcommands } from '../subcommands.js';

interface Options {
  config?: string;
  strict?: string;
  json?: boolean;
}

/** @returns the exit code: 1 when a rule is refused */
export async function command(words: readonly string[]): Promise<number> {
  return subcommands('rules', words, program => {
    program
      .command('check <files...>')
      .description('look for mistakes in rules: tells file, line, column and reason of each')
      .option('-c, --config <file>', 'configuration with variables such as $HOME_NET')
      .option('--strict <keywords>', 'refuse doubtful uses of these keywords: all, or names')
      .option('--json', 'what was found as JSON, for editors')
      .action(check);
  });
}

async function check(files: readonly string[], options: Options): Promise<void> {
  const { config } = readSettings(options);
  const strict = options.strict?.split(',') ?? [];
  const rules = loadRules({
    config,
    protocols: await loadProtocols(),
    strict,
    exclusive: files,
  });
  process.stdout.write(options.json ? findingsAsJson(rules) : findingsAsText(rules));
  if (rules.errors.length > 0) process.exitCode = 1;
}
