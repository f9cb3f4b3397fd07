/** Which outputs have all messages at length, and which only what maps hardware addresses to others. */
import type { Config } from '../../../engine/config/config.js';
import { boolean, option } from '../../../engine/config/option.js';
import { outputBit, recordTypeSettings } from '../../../engine/config/output-list.js';

const EXTENDED = option(
  'outputs.*.eve-log.types.*.dhcp.extended',
  boolean,
  false,
  'tell all messages at length, not only that an address was given',
);

export const DHCP_OPTIONS = [EXTENDED];

export interface DhcpSettings {
  /** Bits of outputs (see `outputBit`). */
  readonly extended: number;
  readonly brief: number;
}

export function dhcpSettings(config: Config): DhcpSettings {
  let [extended, brief] = [0, 0];
  for (const [index, entry] of recordTypeSettings(config, 'dhcp').entries()) {
    if (entry?.read({ ...EXTENDED, path: 'extended' })) extended |= outputBit(index);
    else if (entry) brief |= outputBit(index);
  }
  return { extended: extended >>> 0, brief: brief >>> 0 };
}
