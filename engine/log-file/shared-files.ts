/** Outputs that name one file: they share it line by line, as long as all mean a file. */
import type { Config } from '../config/config.js';
import type { Finding } from '../config/declared.js';
import { enabledOutputs } from '../config/output-list.js';
import { fileOf } from './settings.js';

/** Those whose `filename` is a name in the file system. */
const NAMED: ReadonlySet<string> = new Set(['regular', 'unix_stream', 'unix_dgram']);

/** Outputs whose `filetype` is not that of another one with the same name of a file. */
export function differentFiletypes(config: Config): Finding[] {
  const findings: Finding[] = [];
  const first = new Map<string, { readonly path: string; readonly filetype: string }>();
  for (const { index, name, settings } of enabledOutputs(config)) {
    const filetype = filetypeOf(settings);
    const file = fileOf(config, settings, name);
    if (file === undefined || !NAMED.has(filetype)) continue;
    const path = `outputs.${index}.${name}`;
    const before = first.get(file);
    if (!before) first.set(file, { path, filetype });
    else if (before.filetype !== filetype)
      findings.push({
        path: `${path}.filename`,
        kind: 'unaccepted',
        message: `is ${file}, which ${before.path} writes with filetype ${before.filetype}: expected another name, or the same filetype`,
      });
  }
  return findings;
}

function filetypeOf(settings: Config): string {
  const given = String(settings.at('filetype') ?? 'regular');
  return given === 'file' ? 'regular' : given;
}
