/** `sluice profiles`: available thread layouts. */
import { drawProfile, profileYaml } from '../../profile/draw.js';
import { subcommands } from '../command-line/subcommands.js';
import { namedProfile, profileNames } from '../run/choose-profile.js';
import { readSettings } from '../settings.js';

/** @returns the exit code */
export async function command(words: readonly string[]): Promise<number> {
  return subcommands('profiles', words, program => {
    program
      .command('list')
      .description('list all profiles')
      .option('-c, --config <file>', 'configuration file that defines profiles')
      .action((options: { config?: string }) => {
        const { config } = readSettings(options);
        const lines = profileNames(config).map(
          name => `${name.padEnd(12)} ${namedProfile(config, name).summary}\n`,
        );
        process.stdout.write(lines.join(''));
      });
    program
      .command('show <name>')
      .description('show the threads and queues of a profile, as a diagram and as YAML')
      .option('-c, --config <file>', 'configuration file that defines profiles')
      .option('--yaml', 'print only the YAML, for a configuration file')
      .action((name: string, options: { config?: string; yaml?: boolean }) => {
        const profile = namedProfile(readSettings(options).config, name);
        process.stdout.write(
          options.yaml ? profileYaml(profile) : `${drawProfile(profile)}\n${profileYaml(profile)}`,
        );
      });
  });
}
