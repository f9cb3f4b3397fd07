/** Options that the commands about rules share. */
import { type Command, InvalidArgumentError, Option } from 'commander';

const collect = (value: string, before?: string[]): string[] => [...(before ?? []), value];

/** Which rules: files, configuration, settings. */
export function ruleOptions(command: Command): Command {
  return command
    .option(
      '-s, --rules <file>',
      'rule file in place of those of the configuration; several times for several',
      collect,
    )
    .option('-c, --config <file>', 'configuration file')
    .option('--set <path=value>', 'change one setting', collect);
}

/** Which rules, over which capture. */
export function captureOptions(command: Command): Command {
  return ruleOptions(command)
    .requiredOption(
      '-r, --read <capture>',
      'capture, or folder of captures; several times for several',
      collect,
    )
    .option('--filter <expression>', 'packet filter: host 10.0.0.1 and tcp port 80')
    .option('--inline', 'as if packets could be dropped')
    .addOption(
      new Option('-k, --checksums <mode>', 'none to ignore wrong ones').choices(['all', 'none', 'auto']),
    );
}

/** @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw new InvalidArgumentError('A number was expected.');
  return number;
}
