/** `sluice rules check`: looks for mistakes in rules. */
import { loadRules } from '../../../signatures/load-rules.js';
import { type RuleProblem, unsupportedByReason } from '../../../signatures/rule-set.js';
import { loadProtocols } from '../../application/load-protocols.js';
import { readSettings } from '../settings.js';
import { subcommands } from '../subcommands.js';

interface Options {
  config?: string;
  strict?: string;
}

/** @returns the exit code: 1 when a rule is refused */
export async function command(words: readonly string[]): Promise<number> {
  return subcommands('rules', words, program => {
    program
      .command('check <files...>')
      .description('look for mistakes in rules: tells file, line, column and reason of each')
      .option('-c, --config <file>', 'configuration with variables such as $HOME_NET')
      .option('--strict <keywords>', 'refuse doubtful uses of these keywords: all, or names')
      .action(check);
  });
}

async function check(files: readonly string[], options: Options): Promise<void> {
  const { config } = readSettings(options);
  const strict = options.strict?.split(',') ?? [];
  const rules = loadRules({ config, protocols: await loadProtocols(), strict, exclusive: files });
  const lines = [
    ...rules.errors.map(problem => line('error', problem)),
    ...rules.warnings.map(problem => line('warning', problem)),
    ...unsupportedByReason(rules).map(([reason, count]) => `not there yet: ${count} rules: ${reason}\n`),
  ];
  process.stdout.write(lines.join(''));
  const { signatures, errors, warnings, unsupported, skipped } = rules;
  process.stdout.write(
    `${signatures.length} rules loaded, ${errors.length} errors, ${warnings.length} warnings, ${skipped.length} not meant for this version, ${unsupported.length} that need what is not there yet\n`,
  );
  if (errors.length > 0) process.exitCode = 1;
}

/** `my.rules:3:17: error: …` */
function line(kind: string, { message, position, suggestion }: RuleProblem): string {
  const place = position.line === 0 ? position.file : `${position.file}:${position.line}:${position.column}`;
  return `${place}: ${kind}: ${message}${suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`}\n`;
}
