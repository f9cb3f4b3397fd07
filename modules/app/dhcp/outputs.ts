/** Which outputs log all messages in full, and which only those that map hardware addresses to IP addresses. */
import type { Config } from '../../../engine/config/config.js';
import { boolean, option } from '../../../engine/config/option.js';
import { type OutputsByOption, outputsByOption } from '../../../engine/config/output-list.js';

const EXTENDED = option(
  'outputs.*.eve-log.types.*.dhcp.extended',
  boolean,
  false,
  'log all messages in detail, not only assigned addresses',
);

export const DHCP_OPTIONS = [EXTENDED];

export const dhcpSettings = (config: Config): OutputsByOption => outputsByOption(config, 'dhcp', EXTENDED);
