/** Engine analysis: reads the rules of a run and writes how they are parsed. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleGroups } from '../../../signatures/analysis/rule-groups.js';
import { type AnalysisFiles, analyzeRules } from '../../../signatures/analysis.js';
import { loadRules } from '../../../signatures/load-rules.js';
import { outcomeOf } from '../../../signatures/rule-set.js';
import { outputEntries } from '../../config/output-list.js';
import { openLog } from '../../log.js';
import { makeFolder } from '../../make-folder.js';
import type { CommandLine } from '../command-line/parse.js';
import { INIT_ERRORS_FATAL, LOG_FOLDER } from '../options.js';
import { configuredProtocols } from '../run/plugins.js';
import { readSettings } from '../settings.js';
import { UsageError } from '../usage-error.js';
import { loadOptionsOf } from './load-options.js';
import { logProcessed, logRules } from './prepare-rules.js';

/** `--engine-analysis`. @returns the exit code: 1 when refused rules are fatal */
export async function engineAnalysis(commandLine: CommandLine): Promise<number> {
  const settings = readSettings({
    config: commandLine.config,
    includes: commandLine.includes,
    sets: commandLine.sets,
  });
  const { config } = settings;
  const folder = config.read(LOG_FOLDER);
  const log = openLog({ config, folder, verbosity: commandLine.verbosity, quiet: commandLine.quiet });
  try {
    const protocols = await configuredProtocols(settings);
    const rules = loadRules(loadOptionsOf(config, commandLine, protocols));
    const outcome = outcomeOf(rules);
    logRules(outcome, config, log);
    logProcessed(outcome, log);
    const storesFiles = outputEntries(config, 'file-store').length > 0;
    writeAnalysis(analyzeRules(rules, protocols, { storesFiles }), folder);
    const groups = ruleGroups(rules.signatures, protocols, config);
    if (groups !== undefined) writeAnalysis(new Map([['rule_group.json', groups]]), folder);
    if (rules.errors.length === 0 || !config.read(INIT_ERRORS_FATAL)) return 0;
    log.error('Loading signatures failed.');
    return 1;
  } finally {
    log.close();
  }
}

/** Writes each file into the folder, which is created if needed. @throws UsageError when that is not possible */
export function writeAnalysis(files: AnalysisFiles, folder: string): string[] {
  try {
    makeFolder(folder);
    return [...files].map(([name, text]) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    });
  } catch (error) {
    throw new UsageError(`the analysis cannot be written: ${(error as Error).message}`);
  }
}
