import { readdir } from 'node:fs/promises';
import { compiled } from '../compiled.js';
import type { Config } from '../config/config.js';
import { boolean, option, text } from '../config/option.js';
import type { Protocol } from '../protocol.js';

export const PROTOCOL_OPTIONS = [
  option(
    'app-layer.protocols.*.enabled',
    text,
    'yes',
    'yes, no, or detection-only: recognise it but do not parse',
  ),
];

/** How a protocol is switched by `app-layer.protocols.NAME.enabled`. */
export function enabling(protocol: Protocol, config: Config): 'yes' | 'no' | 'detection-only' {
  const value = config.at(`app-layer.protocols.${protocol.name}.enabled`);
  if (value === 'detection-only') return value;
  return value === undefined || value === null || boolean.parse(value) !== false ? 'yes' : 'no';
}

/** All protocols of `modules/app/`, in order of their names: the place in this list (from 1) is a protocol's number. */
export async function loadProtocols(): Promise<Protocol[]> {
  const folder = compiled('modules/app/');
  const names = (await readdir(folder, { withFileTypes: true }).catch(() => []))
    .filter(entry => entry.isFile() && entry.name.endsWith('.js'))
    .map(entry => entry.name)
    .sort();
  return Promise.all(
    names.map(async name => ((await import(new URL(name, folder).href)) as { default: Protocol }).default),
  );
}
