/** Output of `sluice test`. */
import type { CaptureFinding } from './captures.js';
import type { Finding } from './finding.js';
import { type Failure, findingText } from './play.js';

import type { Case } from './table.js';

/** Bytes shown before and after the one where an alert fired. */
const AROUND = 24;

export function caseLines(each: Case, findings: readonly Finding[]): string[] {
  return findings.flatMap(finding => [`      ${findingText(finding)}`, ...byteLines(each, finding)]);
}

/** The bytes read last, with a mark under the last one. */
function byteLines(each: Case, { toServer, read }: Finding): string[] {
  if (!read) return [];
  const position = toServer ? read.to_server : read.to_client;
  const sent = each.steps.flatMap(step =>
    step.kind === 'data' && step.toServer === toServer ? [step.bytes] : [],
  );
  const bytes = Buffer.concat(sent);
  if (position < 1 || position > bytes.length || each.steps.filter(({ kind }) => kind === 'flow').length > 1)
    return [];
  const from = Math.max(0, position - AROUND);
  const shown = [...bytes.subarray(from, position + AROUND)].map(printable);
  const mark = shown.slice(0, position - from - 1).join('').length;
  return [`        ${toServer ? 'client' : 'server'}: ${shown.join('')}`, `        ${' '.repeat(8 + mark)}^`];
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}

export function failureLines(file: string, how: string, failures: readonly Failure[]): string[] {
  return failures.map(({ line, message }) => `    ${file}:${line}: ${how}: ${message}`);
}

export function captureLine({
  time,
  packet,
  flow,
  detection,
  sid,
  msg,
  message,
  read,
}: CaptureFinding): string {
  const place = [
    packet === undefined ? '' : `packet ${packet}`,
    read ? `byte ${read.to_server} of the client, ${read.to_client} of the server` : '',
  ].filter(Boolean);
  const more = message === undefined ? '' : `: ${message}`;
  return `    ${time} ${flow} ${detection} [${sid}] ${msg}${more} (${place.join(', ')})`;
}

export function print(...lines: string[]): void {
  process.stdout.write(lines.map(line => `${line}\n`).join(''));
}
