/** `sluice rules`: checks rules, shows how they are parsed, and analyzes what they do on a capture. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyzeRules } from '../../../signatures/analysis.js';
import { keywordFamilies, keywordPage } from '../../../signatures/list-keywords.js';
import { loadRules } from '../../../signatures/load-rules.js';
import { loadProtocols } from '../../application/load-protocols.js';
import { makeFolder } from '../../make-folder.js';
import { subcommands } from '../command-line/subcommands.js';
import { writeAnalysis } from '../rules/analyze.js';
import { findingsAsJson, findingsAsText } from '../rules/check.js';
import { configuredProtocols } from '../run/plugins.js';
import { readSettings } from '../settings.js';
import { addCoverage } from './rules/coverage.js';
import { addExplain } from './rules/explain.js';
import { addProfile } from './rules/profile.js';
import { addWindows } from './rules/windows.js';

interface Options {
  config?: string;
  strict?: string;
  json?: boolean;
}

/** @returns the exit code: 1 when a rule is refused, or no rule file was found */
export async function command(words: readonly string[]): Promise<number> {
  return subcommands('rules', words, program => {
    program
      .command('check <files...>')
      .description('report errors in rules with file, line, column and reason')
      .option('-c, --config <file>', 'configuration with variables such as $HOME_NET')
      .option('--strict <keywords>', 'reject questionable use of these keywords: all, or names')
      .option('--json', 'print the findings as JSON, for editors')
      .action(check);
    program
      .command('analyze <files...>')
      .description(
        'write how rules are interpreted: rules.json, rules_analysis.txt, rules_fast_pattern.txt, patterns.json',
      )
      .option('-c, --config <file>', 'configuration with variables such as $HOME_NET')
      .option('-l, --folder <folder>', 'output folder', '.')
      .action(analyze);
    program
      .command('keywords')
      .description('print all keywords with description and syntax, as Markdown')
      .option('--folder <folder>', 'write one page per keyword family to this folder')
      .action(keywords);
    addExplain(program);
    addProfile(program);
    addCoverage(program);
    addWindows(program);
  });
}

async function keywords({ folder }: { folder?: string }): Promise<void> {
  const protocols = await loadProtocols();
  if (folder === undefined) return void process.stdout.write(keywordPage(protocols));
  makeFolder(folder);
  for (const { name, text } of keywordFamilies(protocols))
    writeFileSync(join(folder, `keywords-${name}.md`), `# Keywords: ${name}\n\n${text}`);
}

async function check(files: readonly string[], options: Options): Promise<void> {
  const settings = readSettings(options);
  const strict = options.strict?.split(',') ?? [];
  const protocols = await configuredProtocols(settings);
  const rules = loadRules({ config: settings.config, protocols, strict, exclusive: files });
  process.stdout.write(options.json ? findingsAsJson(rules) : findingsAsText(rules));
  if (rules.errors.length > 0 || rules.files.length === 0) process.exitCode = 1;
}

async function analyze(
  files: readonly string[],
  options: { config?: string; folder: string },
): Promise<void> {
  const settings = readSettings(options);
  const protocols = await configuredProtocols(settings);
  const rules = loadRules({ config: settings.config, protocols, exclusive: files });
  const written = writeAnalysis(analyzeRules(rules, protocols), options.folder);
  process.stdout.write(written.map(path => `${path}\n`).join(''));
  const { errors, unsupported, signatures } = rules;
  process.stdout.write(
    `${signatures.length} rules analyzed, ${errors.length} rejected, ${unsupported.length} not supported; sluice rules check shows the reasons\n`,
  );
  if (errors.length > 0) process.exitCode = 1;
}
