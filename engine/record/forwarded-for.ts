/** The `xff` settings (original client behind a proxy) of eve-log entries, their types, and file-store. */
import { Config, type ConfigTree } from '../config/config.js';
import { boolean, choice, option, text } from '../config/option.js';
import { outputEntries, recordTypeSettings } from '../config/output-list.js';

/** The same options for each section that may contain them. @param path of the section */
function optionsAt(path: string) {
  return {
    enabled: option(
      `${path}enabled`,
      boolean,
      false,
      'log the client address from the X-Forwarded-For header',
    ),
    mode: option(
      `${path}mode`,
      choice('extra-data', 'overwrite'),
      'extra-data',
      'extra-data: log the address in addition; overwrite: instead of the source address',
    ),
    deployment: option(
      `${path}deployment`,
      choice('reverse', 'forward'),
      'reverse',
      'reverse: use the last address of the header; forward: the first',
    ),
    header: option(`${path}header`, text, 'X-Forwarded-For', 'name of the header field'),
  };
}

const HERE = optionsAt('');
const EVE = 'outputs.*.eve-log.';

export const XFF_OPTIONS = [
  `${EVE}xff.`,
  `${EVE}types.*.alert.xff.`,
  `${EVE}types.*.files.xff.`,
  `${EVE}types.*.http.xff.`,
  'outputs.*.file-store.xff.',
].flatMap(path => Object.values(optionsAt(path)));

/** Settings of one output. */
export interface ForwardedFor {
  /** Name of the header field, lower case. */
  readonly header: string;
  readonly deployment: 'reverse' | 'forward';
  readonly mode: 'extra-data' | 'overwrite';
}

/** Settings for the records of one eve-log entry; undefined: none. */
export interface EveForwardedFor {
  readonly alert: ForwardedFor | undefined;
  readonly files: ForwardedFor | undefined;
  readonly http: ForwardedFor | undefined;
}

/** Settings of each enabled eve-log entry, in order. The entry's own settings apply to all its types. */
export function eveForwardedFor(config: Config): EveForwardedFor[] {
  const [alerts, files, http] = ['alert', 'files', 'http'].map(type => recordTypeSettings(config, type));
  return outputEntries(config, 'eve-log').map((entry, i) => {
    const whole = treeAt(entry);
    const ofType = (settings: readonly (Config | undefined)[]) => wanted(whole ?? treeAt(settings[i]));
    return { alert: ofType(alerts!), files: ofType(files!), http: ofType(http!) };
  });
}

/** Settings for the records of stored files. */
export function storeForwardedFor(config: Config): ForwardedFor | undefined {
  return wanted(treeAt(outputEntries(config, 'file-store')[0]));
}

/** Settings of all outputs. */
export function allForwardedFor(config: Config): ForwardedFor[] {
  const ofEve = eveForwardedFor(config).flatMap(({ alert, files, http }) => [alert, files, http]);
  return [...ofEve, storeForwardedFor(config)].filter(each => each !== undefined);
}

/** Whether any output wants it. */
export function wantsForwardedFor(config: Config): boolean {
  return allForwardedFor(config).length > 0;
}

/** Name of the member of an event's `xff` that holds the address: the header field and the deployment mode. */
export function forwardedForKey({ header, deployment }: ForwardedFor): string {
  return `${deployment} ${header}`;
}

function treeAt(config: Config | undefined): Config | undefined {
  const tree = config?.at('xff');
  return tree !== null && typeof tree === 'object' ? new Config(tree as ConfigTree) : undefined;
}

function wanted(settings: Config | undefined): ForwardedFor | undefined {
  if (!settings?.read(HERE.enabled)) return undefined;
  return {
    header: settings.read(HERE.header).toLowerCase(),
    deployment: settings.read(HERE.deployment) as ForwardedFor['deployment'],
    mode: settings.read(HERE.mode) as ForwardedFor['mode'],
  };
}
