/** Options shared by the commands about rules. */
import { type Command, Option } from 'commander';
import { collected } from '../values.js';

/** Which rules: files, configuration, settings. */
export function ruleOptions(command: Command): Command {
  return command
    .option(
      '-s, --rules <file>',
      'rule file instead of those of the configuration; may be repeated',
      collected,
    )
    .option('-c, --config <file>', 'configuration file')
    .option('--set <path=value>', 'change one setting', collected);
}

/** Which rules, on which capture. */
export function captureOptions(command: Command): Command {
  return ruleOptions(command)
    .requiredOption('-r, --read <capture>', 'capture, or folder of captures; may be repeated', collected)
    .option('--filter <expression>', 'packet filter: host 10.0.0.1 and tcp port 80')
    .option('--inline', 'as in inline mode')
    .addOption(
      new Option('-k, --checksums <mode>', 'none accepts packets with invalid checksums').choices([
        'all',
        'none',
        'auto',
      ]),
    );
}
