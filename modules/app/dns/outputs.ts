/** Settings of DNS records in the eve-log entries of the outputs. */
import type { Config } from '../../../engine/config/config.js';
import { choice, names, type OptionType, option, texts } from '../../../engine/config/option.js';
import { outputBit, recordTypeSettings } from '../../../engine/config/output-list.js';
import type { DnsFormats } from './eve.js';
import { TYPES, typeName } from './record-type.js';

const DNS = 'outputs.*.eve-log.types.*.dns.';

const VERSION = option(
  `${DNS}version`,
  choice('2', '3'),
  '3',
  'version of the records: 3, or 2 with a record for each question; overridden by SURICATA_EVE_DNS_VERSION',
);
const FORMATS = option(
  `${DNS}formats`,
  names('detailed', 'grouped'),
  ['detailed', 'grouped'],
  'format of answers: detailed, grouped',
);

const recordTypes: OptionType<readonly string[]> = {
  expected: 'a list of types of resource records, such as a, aaaa, mx; numbers where they have no name',
  parse: texts.parse,
  unknown: value => texts.parse(value)?.filter(name => !isShown(name)) ?? [],
};

/** Whether records use this name for a type, ignoring case. */
function isShown(name: string): boolean {
  return (
    Object.hasOwn(TYPES, name.toUpperCase()) || (/^\d{1,5}$/.test(name) && typeName(Number(name)) === name)
  );
}

/** The log filters records by them; which names exist is known here. */
const RECORD_TYPES = option(`${DNS}types`, recordTypes, [], 'logged DNS record types; empty: all');

export const DNS_OUTPUT_OPTIONS = [VERSION, FORMATS, RECORD_TYPES];

/** One variant of the record, and the outputs that use it. */
export interface DnsVariant extends DnsFormats {
  readonly version: 2 | 3;
  /** See `OutputRecord.outputs`. */
  readonly outputs: number;
}

/** The variant for alerts, and for outputs without known settings. */
export const EVERYTHING: DnsVariant = { version: 3, detailed: true, grouped: true, outputs: 0 };

/** @returns one for each variant that any entry uses; none if no entry logs DNS */
export function dnsVariants(config: Config, environment: NodeJS.ProcessEnv): DnsVariant[] {
  const entries = recordTypeSettings(config, 'dns');
  if (entries.length === 0) return [EVERYTHING];
  const variants = new Map<string, DnsVariant>();
  entries.forEach((settings, i) => {
    if (!settings) return;
    const wanted = variantOf(settings, environment);
    const key = JSON.stringify(wanted);
    const outputs = (variants.get(key)?.outputs ?? 0) | outputBit(i);
    variants.set(key, { ...wanted, outputs });
  });
  return [...variants.values()];
}

function variantOf(settings: Config, environment: NodeJS.ProcessEnv): Omit<DnsVariant, 'outputs'> {
  const asked = settings.read({ ...FORMATS, path: 'formats' });
  // A list that contains no known format is ignored.
  const formats = asked.some(each => FORMATS.fallback.includes(each)) ? asked : FORMATS.fallback;
  const version = environment['SURICATA_EVE_DNS_VERSION'] ?? settings.read({ ...VERSION, path: 'version' });
  return {
    version: version === '2' ? 2 : 3,
    detailed: formats.includes('detailed'),
    grouped: formats.includes('grouped'),
  };
}
