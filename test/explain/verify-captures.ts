/** Rules and captures of tests in suricata-verify's format, if available. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CaptureOptions } from '../../engine/cli/rules/capture-inspection.js';
import { filesWithEnding, findTests, openTest } from '../conformance/test-folder.js';

const FOLDER = fileURLToPath(new URL('../../../shared/verify', import.meta.url));

/** Why tests over these captures cannot run; undefined if they can. */
export const MISSING = existsSync(join(FOLDER, 'tests')) ? undefined : `${FOLDER}/tests is not there`;

export interface VerifyTest {
  readonly name: string;
  readonly options: CaptureOptions;
}

/** The test with this name; undefined if it has no capture or rules of its own, or special arguments. */
export function verifyTest(name: string): VerifyTest | undefined {
  const test = openTest(join(FOLDER, 'tests', name), name);
  const { pcap, rules, command, args } = test.description;
  if (command !== undefined || args !== undefined) return undefined;
  const captures =
    typeof pcap === 'string' ? [resolve(test.path, pcap)] : filesWithEnding(test, '.pcap', '.pcapng');
  const files = rules === undefined ? filesWithEnding(test, '.rules') : [resolve(test.path, rules)];
  if (captures.length !== 1 || files.length === 0 || !existsSync(captures[0]!)) return undefined;
  const own = join(test.path, 'suricata.yaml');
  const config = existsSync(own) ? own : join(FOLDER, 'suricata.yaml');
  return {
    name,
    options: {
      read: captures,
      rules: files,
      ...(existsSync(config) && { config }),
      inline: basename(name).includes('ips'),
    },
  };
}

/** All usable tests. */
export function verifyTests(): VerifyTest[] {
  return findTests(join(FOLDER, 'tests')).flatMap(name => verifyTest(name) ?? []);
}
