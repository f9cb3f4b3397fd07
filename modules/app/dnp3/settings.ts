/** Settings of DNP3. */
import type { Config } from '../../../engine/config/config.js';
import { integer, option } from '../../../engine/config/option.js';

const PREFIX = 'app-layer.protocols.dnp3.';

const MAX_REQUESTS = option(
  `${PREFIX}max-tx`,
  integer(1),
  32,
  'maximum requests without a response; parsing of a connection with more stops',
);
const MAX_POINTS = option(`${PREFIX}max-points`, integer(1), 16384, 'maximum points parsed per message');
const MAX_OBJECTS = option(`${PREFIX}max-objects`, integer(1), 2048, 'maximum objects parsed per message');

export const DNP3_OPTIONS = [MAX_REQUESTS, MAX_POINTS, MAX_OBJECTS];

export interface Dnp3Settings {
  readonly maxRequests: number;
  readonly maxPoints: number;
  readonly maxObjects: number;
}

export function dnp3Settings(config: Config): Dnp3Settings {
  return {
    maxRequests: config.read(MAX_REQUESTS),
    maxPoints: config.read(MAX_POINTS),
    maxObjects: config.read(MAX_OBJECTS),
  };
}
