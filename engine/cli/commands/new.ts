/** `sluice new`: generates the files of a new plugin, with a passing test. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../make-folder.js';
import { subcommands } from '../command-line/subcommands.js';
import { detectionFiles } from '../scaffold/detection.js';
import { expiryFiles } from '../scaffold/expiry.js';
import { handlerFiles } from '../scaffold/handler.js';
import { moduleFiles, outputFiles } from '../scaffold/module.js';
import { parserFiles } from '../scaffold/parser.js';
import type { Files, Plugin } from '../scaffold/project.js';
import { UsageError } from '../usage-error.js';
import { version } from '../version.js';

const KINDS: readonly (readonly [string, string, (plugin: Plugin) => Files])[] = [
  ['detection', 'a detection that reads streams, transactions or packets', detectionFiles],
  ['module', 'a threading module: a stage that packets pass through', moduleFiles],
  ['parser', 'an application-layer parser with its keywords and EVE record', parserFiles],
  ['output', 'an output: consumes alerts and other records', outputFiles],
  ['handler', 'a queue handler: selects the thread for a packet', handlerFiles],
  ['expiry', 'a flow-expiry policy: decides which flows end, and when', expiryFiles],
];

/** @returns the exit code */
export async function command(words: readonly string[]): Promise<number> {
  return subcommands('new', words, program => {
    for (const [kind, summary, files] of KINDS) {
      program
        .command(`${kind} <name>`)
        .description(summary)
        .option('-f, --folder <folder>', 'output folder; the default is sluice-NAME')
        .action((name: string, { folder }: { folder?: string }) =>
          write(folder ?? `sluice-${checked(name)}`, files({ name: checked(name), version: version() })),
        );
    }
  });
}

/** @throws UsageError */
function checked(name: string): string {
  const plain = name.replace(/^sluice-/, '');
  if (!/^[a-z][a-z0-9-]*$/.test(plain))
    throw new UsageError(
      `"${name}" is not a valid plugin name: expected lower-case letters, digits and hyphens`,
    );
  return plain;
}

function write(folder: string, files: Files): void {
  const taken = Object.keys(files).find(name => existsSync(join(folder, name)));
  if (taken) throw new UsageError(`${join(folder, taken)} exists already`);
  makeFolder(folder);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    process.stdout.write(`${join(folder, name)}\n`);
  }
  process.stdout.write(`\nNext: cd ${folder} && npm install && npm test\n`);
}
