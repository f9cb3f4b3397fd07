/** Whom a proxy asked for: X-Forwarded-For, as the `xff` settings of the eve-log outputs want it told. */
import { parseAddress } from '../../../engine/address.js';
import { Config, type ConfigTree } from '../../../engine/config/config.js';
import { boolean, choice, option, text } from '../../../engine/config/option.js';
import { outputEntries } from '../../../engine/config/output-list.js';

const XFF = 'outputs.*.eve-log.xff.';

const ENABLED = option(`${XFF}enabled`, boolean, false, 'alerts tell the address that a proxy asked for');
const MODE = option(
  `${XFF}mode`,
  choice('extra-data', 'overwrite'),
  'extra-data',
  'extra-data: the address is told besides',
);
const DEPLOYMENT = option(
  `${XFF}deployment`,
  choice('reverse', 'forward'),
  'reverse',
  'reverse: the last address of the field counts; forward: the first',
);
const HEADER = option(`${XFF}header`, text, 'X-Forwarded-For', 'name of the header field');

export const XFF_OPTIONS = [ENABLED, MODE, DEPLOYMENT, HEADER];

export interface ForwardedForSettings {
  /** Lower case. */
  readonly header: string;
  readonly last: boolean;
}

/** @returns undefined where no output wants it */
export function forwardedForSettings(config: Config): ForwardedForSettings | undefined {
  for (const entry of outputEntries(config, 'eve-log')) {
    const settings = treeAt(entry, 'xff') ?? treeAt(alertType(entry), 'xff');
    if (!settings || boolean.parse(settings.at('enabled') ?? false) !== true) continue;
    return {
      header: String(settings.at('header') ?? HEADER.fallback).toLowerCase(),
      last: settings.at('deployment') !== 'forward',
    };
  }
  return undefined;
}

function treeAt(config: Config | undefined, path: string): Config | undefined {
  const tree = config?.at(path);
  return tree !== null && typeof tree === 'object' ? new Config(tree as ConfigTree) : undefined;
}

function alertType(entry: Config): Config | undefined {
  return treeAt(entry, 'types.alert');
}

/** The address that counts in the field's value, or undefined. */
export function forwardedFor({ last }: ForwardedForSettings, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const parts = value.split(',').map(part => part.trim());
  const wanted = (last ? parts.at(-1) : parts[0]) ?? '';
  const address = /^\[([^\]]*)\]/.exec(wanted)?.[1] ?? wanted.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  return parseAddress(address) ? address : undefined;
}
