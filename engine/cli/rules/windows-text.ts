/** Stream windows as a table, with a warning for each unbounded rule. */
import type { PortSet } from '../../../signatures/signature.js';
import { table } from './table.js';
import type { Windows } from './windows.js';

/** Maximum number of port ranges shown. */
const MAX_RANGES = 8;

/** @param most maximum number of warnings shown */
export function windowsText({ windows, most, unbounded }: Windows, warnings: number): string {
  const rows = windows.map(({ direction, ports, bytes, chunk, rules, unbounded: without, decidedBy }) => [
    direction.replace('_', ' '),
    portsText(ports),
    String(bytes),
    String(chunk),
    String(rules),
    String(without),
    decidedBy ?? '',
  ]);
  const head = ['direction', 'server ports', 'bytes kept', 'chunk', 'rules', 'unbounded', 'required by'];
  const listed = unbounded.slice(0, warnings);
  return [
    ...(rows.length > 0 ? table(head, rows, [0, 1, 6]) : ['no rule inspects streams']),
    ...(unbounded.length > 0
      ? ['', `${unbounded.length} rules have no limit and get detect.stream-history, ${most} bytes:`]
      : []),
    ...listed.map(({ rule, msg, because }) => `warning: ${rule} "${msg}": ${because}`),
    ...(unbounded.length > listed.length ? [`and ${unbounded.length - listed.length} more`] : []),
    '',
  ].join('\n');
}

function portsText(ports: PortSet): string {
  const texts = ports.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
  const shown = texts.slice(0, MAX_RANGES).join(',');
  return texts.length > MAX_RANGES ? `${shown} and ${texts.length - MAX_RANGES} more` : shown;
}
