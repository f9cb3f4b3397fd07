/** A single value of the YAML, as Suricata's files mean it. */

const WHOLE_NUMBER = /^(?:0|-?[1-9]\d{0,14})$/;

/**
 * Text stays text: `yes`, `010`, `1:20` and `0x10` are what was written. Only plain whole numbers, `true`,
 * `false` and nothing (`~`, `null`) have a type of their own; each prints as it was written.
 */
export function plainValue(text: string): string | number | boolean | null {
  if (text === '' || text === '~' || text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return WHOLE_NUMBER.test(text) ? Number(text) : text;
}

/** Sections whose keys are names that users choose: their underscores stay. */
const NAMES = new Set(['address-groups', 'port-groups']);

/** Underscores in keys are hyphens: older configurations write `max_pending_packets`. */
export function keyName(key: string, section: string | undefined): string {
  return section !== undefined && NAMES.has(section) ? key : key.replaceAll('_', '-');
}

/** Mappings and lists while they are built. */
export type Mapping = { [key: string]: unknown };

export function isMapping(value: unknown): value is Mapping {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
