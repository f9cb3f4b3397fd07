/** What the eve-log outputs want told of whom a proxy asked for: their `xff` settings, or those of their alerts. */
import { Config, type ConfigTree } from '../config/config.js';
import { boolean, choice, option, text } from '../config/option.js';
import { outputEntries, recordTypeSettings } from '../config/output-list.js';

const XFF = 'outputs.*.eve-log.xff.';

const ENABLED = option(`${XFF}enabled`, boolean, false, 'alerts tell the address that a proxy asked for');
const MODE = option(
  `${XFF}mode`,
  choice('extra-data', 'overwrite'),
  'extra-data',
  'extra-data: the address is told besides; overwrite: in place of the client',
);
const DEPLOYMENT = option(
  `${XFF}deployment`,
  choice('reverse', 'forward'),
  'reverse',
  'reverse: the last address of the field counts; forward: the first',
);
const HEADER = option(`${XFF}header`, text, 'X-Forwarded-For', 'name of the header field');

export const XFF_OPTIONS = [ENABLED, MODE, DEPLOYMENT, HEADER];

/** What one output wants. */
export interface ForwardedFor {
  /** Name of the header field, lower case. */
  readonly header: string;
  readonly deployment: 'reverse' | 'forward';
  readonly mode: 'extra-data' | 'overwrite';
}

/** Of each eve-log entry that is on, in order; undefined where it wants nothing. */
export function forwardedForSettings(config: Config): (ForwardedFor | undefined)[] {
  const alerts = recordTypeSettings(config, 'alert');
  return outputEntries(config, 'eve-log').map((entry, i) => {
    const settings = treeAt(entry) ?? treeAt(alerts[i]);
    return settings?.read({ ...ENABLED, path: 'enabled' }) ? wanted(settings) : undefined;
  });
}

/** Name of the member of an alert's event that holds the address: the header field and the end that counts. */
export function forwardedForKey({ header, deployment }: ForwardedFor): string {
  return `${deployment} ${header}`;
}

function treeAt(config: Config | undefined): Config | undefined {
  const tree = config?.at('xff');
  return tree !== null && typeof tree === 'object' ? new Config(tree as ConfigTree) : undefined;
}

function wanted(settings: Config): ForwardedFor {
  return {
    header: settings.read({ ...HEADER, path: 'header' }).toLowerCase(),
    deployment: settings.read({ ...DEPLOYMENT, path: 'deployment' }) as ForwardedFor['deployment'],
    mode: settings.read({ ...MODE, path: 'mode' }) as ForwardedFor['mode'],
  };
}
