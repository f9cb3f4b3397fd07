/** Which outputs also log the name of the exchange type. */
import type { Config } from '../../../engine/config/config.js';
import { boolean, option } from '../../../engine/config/option.js';
import { type OutputsByOption, outputsByOption } from '../../../engine/config/output-list.js';

const EXTENDED = option(
  'outputs.*.eve-log.types.*.ike.extended',
  boolean,
  false,
  'also log the exchange type of version 1 by name',
);

export const IKE_OPTIONS = [EXTENDED];

export const ikeSettings = (config: Config): OutputsByOption => outputsByOption(config, 'ike', EXTENDED);
