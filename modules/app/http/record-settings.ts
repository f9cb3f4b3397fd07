/** Which members EVE records of HTTP have: the `http` type of the eve-log outputs. */
import { Config, type ConfigTree } from '../../../engine/config/config.js';
import { boolean, option, text, texts } from '../../../engine/config/option.js';
import { outputEntries } from '../../../engine/config/output-list.js';

const HTTP = 'outputs.*.eve-log.types.*.http.';

export const EXTENDED = option(
  `${HTTP}extended`,
  boolean,
  false,
  'tell method, protocol, status, referrer and length',
);
export const CUSTOM = option(`${HTTP}custom`, texts, [], 'further header fields, such as accept-encoding');
export const DUMP = option(
  `${HTTP}dump-all-headers`,
  text,
  'none',
  'all header fields of: none, request, response, both',
);

export const RECORD_OPTIONS = [EXTENDED, CUSTOM, DUMP];

export interface RecordSettings {
  readonly extended: boolean;
  /** Lower-case names of header fields. */
  readonly custom: readonly string[];
  readonly dumpRequest: boolean;
  readonly dumpResponse: boolean;
}

/** What any of the outputs wants: a record is made once for all. */
export function recordSettings(config: Config): RecordSettings {
  const entries = outputEntries(config, 'eve-log').flatMap(entry => httpType(entry) ?? []);
  const dumps = entries.map(entry => String(entry.at('dump-all-headers') ?? 'none'));
  return {
    extended: entries.some(entry => boolean.parse(entry.at('extended') ?? false) === true),
    custom: entries
      .flatMap(entry => texts.parse(entry.at('custom') ?? []) ?? [])
      .map(name => name.toLowerCase()),
    dumpRequest: dumps.some(dump => dump === 'request' || dump === 'both'),
    dumpResponse: dumps.some(dump => dump === 'response' || dump === 'both'),
  };
}

function httpType(entry: Config): Config | undefined {
  const types = entry.at('types');
  if (!Array.isArray(types)) return undefined;
  for (const type of types) {
    if (type === 'http') return new Config({});
    if (type !== null && typeof type === 'object' && Object.hasOwn(type, 'http'))
      return new Config(((type as ConfigTree)['http'] ?? {}) as ConfigTree);
  }
  return undefined;
}
