/** Runs a check of any kind. */
import type { TestVariables } from '../command.js';
import { type Machine, type Requirements, unmet } from '../requirements.js';
import type { Check, TestFolder } from '../test-folder.js';
import { CheckFailure } from './failure.js';
import { checkFileCompare, type FileCompare } from './file-compare.js';
import { checkFilter, type Filter } from './filter.js';
import type { Records } from './records.js';
import { checkShell, type Shell } from './shell.js';
import { checkStats } from './stats.js';

const KINDS = 'filter, stats, shell and file-compare';
/** Keys next to a check that have no effect. */
const NOTES = new Set(['requires', 'comment']);

export interface CheckContext {
  readonly test: TestFolder;
  readonly records: Records;
  readonly variables: TestVariables;
  readonly env: NodeJS.ProcessEnv;
  readonly machine: Machine;
}

/** @returns the reason if the check fails; undefined if it succeeds or is for another version */
export function failureOf(check: Check, context: CheckContext): string | undefined {
  try {
    for (const [kind, given] of Object.entries(check)) runCheck(kind, given, context);
    return undefined;
  } catch (error) {
    if (error instanceof CheckFailure) return error.message;
    throw error;
  }
}

function runCheck(kind: string, given: unknown, context: CheckContext): void {
  const { test, records, variables, env, machine } = context;
  const requires = (given as { requires?: Requirements } | null)?.requires;
  if (unmet(requires, machine) !== undefined) return;
  if (kind === 'filter') checkFilter(given as Filter, records);
  else if (kind === 'stats') checkStats(given as Record<string, unknown>, records);
  else if (kind === 'shell') checkShell(given as Shell, variables.OUTPUT_DIR, env);
  else if (kind === 'file-compare') checkFileCompare(given as FileCompare, variables.OUTPUT_DIR, test.path);
  else if (!NOTES.has(kind)) throw new CheckFailure(`unknown check "${kind}"; known are ${KINDS}`);
}
