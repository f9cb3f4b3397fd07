/**
 * A folder that replaces the source tree which tests name as SRCDIR: `src/suricata` is the engine, `suricata.yaml` its
 * documented configuration, next to the classification and reference files and the rules. `etc` also holds the
 * configurations of other versions that tests include; each is the documented configuration.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INCLUDED_CONFIGS = ['suricata-3.1.2.yaml', 'suricata-4.0.3.yaml'];
const CONFIG_FOLDERS = ['.', 'etc', 'signatures', 'signatures/rules', 'signatures/config'];

/**
 * Creates the folder.
 * @param project root of the project
 * @param engine program at `src/suricata` instead of the project's own
 * @returns its path
 */
export function makeSourceFolder(project: string, engine?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-source-'));
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'etc'));
  const program = join(folder, 'src', 'suricata');
  const start = engine ? `"${engine}"` : `"${process.execPath}" "${project}/engine/bin/sluice.mjs"`;
  writeFileSync(program, `#!/bin/sh\nexec ${start} "$@"\n`);
  chmodSync(program, 0o755);
  for (const name of ['suricata.yaml', ...INCLUDED_CONFIGS.map(included => join('etc', included))])
    link(join(project, 'suricata-like.yaml'), join(folder, name));
  for (const name of ['classification.config', 'reference.config']) {
    const file = CONFIG_FOLDERS.map(folder => join(project, folder, name)).find(existsSync);
    if (file) link(file, join(folder, 'etc', name));
  }
  link(join(project, 'signatures', 'rules'), join(folder, 'rules'));
  return folder;
}

function link(target: string, path: string): void {
  if (existsSync(target)) symlinkSync(target, path);
}
