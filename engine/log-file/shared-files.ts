/** Outputs with the same file name: they share it line by line, if all have the same filetype. */
import type { Config } from '../config/config.js';
import type { Finding } from '../config/declared.js';
import { enabledOutputs } from '../config/output-list.js';
import { fileOf } from './settings.js';

/** Filetypes whose `filename` is a path. */
const NAMED: ReadonlySet<string> = new Set(['regular', 'unix_stream', 'unix_dgram']);

/** Reports outputs whose `filetype` differs from that of another output with the same file name. */
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
