/** Settings of Modbus. */
import type { Config } from '../../../engine/config/config.js';
import { integer, option, size } from '../../../engine/config/option.js';

const PREFIX = 'app-layer.protocols.modbus.';

const FLOOD = option(
  `${PREFIX}request-flood`,
  integer(1),
  500,
  'maximum requests without a response; beyond it the oldest is completed',
);
const DEPTH = option(
  `${PREFIX}stream-depth`,
  size,
  0,
  'maximum bytes of a stream that are reassembled; 0: all',
);

export const MODBUS_OPTIONS = [FLOOD, DEPTH];

export interface ModbusSettings {
  readonly flood: number;
  readonly depth: number;
}

export function modbusSettings(config: Config): ModbusSettings {
  return { flood: config.read(FLOOD), depth: config.read(DEPTH) };
}
