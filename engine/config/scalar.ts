/** A single YAML value, as interpreted in Suricata's files. */

const WHOLE_NUMBER = /^(?:0|-?[1-9]\d{0,14})$/;

/**
 * Text stays text: `yes`, `010`, `1:20` and `0x10` are kept as written. Only plain integers, `true`, `false` and null
 * (`~`, `null`) have their own type; each prints as written.
 */
export function plainValue(text: string): string | number | boolean | null {
  if (text === '' || text === '~' || text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return WHOLE_NUMBER.test(text) ? Number(text) : text;
}

/** Sections whose keys are names chosen by users: their underscores are kept. */
const NAMES = new Set(['address-groups', 'port-groups']);

/** Underscores in keys are converted to hyphens: older configurations write `max_pending_packets`. */
export function keyName(key: string, section: string | undefined): string {
  return section !== undefined && NAMES.has(section) ? key : key.replaceAll('_', '-');
}

/** Mappings under construction. */
export type Mapping = { [key: string]: unknown };

export function isMapping(value: unknown): value is Mapping {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
