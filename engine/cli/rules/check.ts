/** Findings in rules, as text with the location marked, or as JSON for editors. */
import { readFileSync } from 'node:fs';
import { type RuleProblem, type RuleSet, unsupportedByReason } from '../../../signatures/rule-set.js';

type Severity = 'error' | 'warning';

/** Characters of a long line shown before and after the location. */
const BEFORE = 60;
const BEHIND = 40;

/** Problems with their source lines, unsupported rules, and a last line with totals. */
export function findingsAsText(rules: RuleSet): string {
  const lines = new SourceLines();
  const parts = [
    ...rules.errors.map(problem => problemText('error', problem, lines)),
    ...rules.warnings.map(problem => problemText('warning', problem, lines)),
    ...unsupportedByReason(rules).map(([reason, count]) => `not supported: ${count} rules: ${reason}\n`),
  ];
  return `${parts.join('')}${numbers(rules)}\n`;
}

/** One object: `problems` with location, severity and message, `unsupported` by reason, and `counts`. */
export function findingsAsJson(rules: RuleSet): string {
  const problem = (severity: Severity) => (found: RuleProblem) => ({
    file: found.position.file,
    line: found.position.line,
    column: found.position.column,
    severity,
    message: found.message,
    ...(found.suggestion !== undefined && { suggestion: found.suggestion }),
    ...(found.keyword !== undefined && { keyword: found.keyword }),
  });
  const found = {
    problems: [...rules.errors.map(problem('error')), ...rules.warnings.map(problem('warning'))],
    unsupported: Object.fromEntries(unsupportedByReason(rules)),
    counts: counts(rules),
  };
  return `${JSON.stringify(found, undefined, 2)}\n`;
}

function counts({ signatures, errors, warnings, unsupported, skipped }: RuleSet) {
  return {
    loaded: signatures.length,
    errors: errors.length,
    warnings: warnings.length,
    skipped: skipped.length,
    unsupported: unsupported.length,
  };
}

function numbers(rules: RuleSet): string {
  const { loaded, errors, warnings, skipped, unsupported } = counts(rules);
  return (
    `${loaded} rules loaded, ${errors} errors, ${warnings} warnings, ${skipped} skipped for this version, ` +
    `${unsupported} not supported`
  );
}

function problemText(severity: Severity, problem: RuleProblem, lines: SourceLines): string {
  const { message, position, suggestion } = problem;
  if (position.line === 0)
    return `${position.file === '' ? '' : `${position.file}: `}${severity}: ${message}\n`;
  const head = `${position.file}:${position.line}:${position.column}: ${severity}: ${message}\n`;
  const text = lines.at(position.file, position.line);
  const help = suggestion === undefined ? '' : `  = help: ${suggestion}\n`;
  return text === undefined ? head + help : head + excerpt(text, position.line, position.column) + help;
}

/** The line with a caret below the column; long lines are truncated on both sides. */
function excerpt(text: string, line: number, column: number): string {
  const at = Math.min(column - 1, text.length);
  const start = at > BEFORE ? at - BEFORE : 0;
  const end = Math.min(text.length, at + BEHIND);
  const [left, right] = [start > 0 ? '…' : '', end < text.length ? '…' : ''];
  const margin = String(line);
  const shown = text.slice(start, end).replaceAll('\t', ' ');
  const caret = ' '.repeat(left.length + at - start);
  return `${margin} | ${left}${shown}${right}\n${' '.repeat(margin.length)} | ${caret}^\n`;
}

/** Lines of files, each file read once. */
class SourceLines {
  private readonly files = new Map<string, string[]>();

  at(file: string, line: number): string | undefined {
    let lines = this.files.get(file);
    if (!lines) {
      lines = read(file);
      this.files.set(file, lines);
    }
    return lines[line - 1];
  }
}

function read(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
