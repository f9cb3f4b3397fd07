/** Runs a check of any kind. */
import type { TestVariables } from '../command.js';
import { type Machine, type Requirements, unmetRequirement } from '../requirements.js';
import type { Check, TestFolder } from '../test-folder.js';
import { CheckFailure } from './failure.js';
import { checkFileCompare, type FileCompare } from './file-compare.js';
import { checkFilter, type Filter } from './filter.js';
import type { Records } from './records.js';
import { checkShell, type Shell } from './shell.js';
import { checkStats } from './stats.js';

const KINDS = 'filter, stats, shell and file-compare';
/** Keys next to a check that have no effect. */
const WITHOUT_EFFECT = new Set(['requires', 'comment']);

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
    for (const [kind, parameters] of Object.entries(check)) runCheck(kind, parameters, context);
    return undefined;
  } catch (error) {
    if (error instanceof CheckFailure) return error.message;
    throw error;
  }
}

function runCheck(kind: string, parameters: unknown, context: CheckContext): void {
  const { test, records, variables, env, machine } = context;
  const requires = (parameters as { requires?: Requirements } | null)?.requires;
  if (unmetRequirement(requires, machine) !== undefined) return;
  if (kind === 'filter') checkFilter(parameters as Filter, records);
  else if (kind === 'stats') checkStats(parameters as Record<string, unknown>, records);
  else if (kind === 'shell') checkShell(parameters as Shell, variables.OUTPUT_DIR, env);
  else if (kind === 'file-compare')
    checkFileCompare(parameters as FileCompare, variables.OUTPUT_DIR, test.path);
  else if (!WITHOUT_EFFECT.has(kind)) throw new CheckFailure(`unknown check "${kind}"; known are ${KINDS}`);
}
