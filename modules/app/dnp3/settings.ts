/** Settings of DNP3. */
import type { Config } from '../../../engine/config/config.js';
import { integer, option } from '../../../engine/config/option.js';

const PREFIX = 'app-layer.protocols.dnp3.';

const MOST_REQUESTS = option(
  `${PREFIX}max-tx`,
  integer(1),
  32,
  'maximum requests without a response; parsing of a connection with more stops',
);
const MOST_POINTS = option(`${PREFIX}max-points`, integer(1), 16384, 'maximum points parsed per message');
const MOST_OBJECTS = option(`${PREFIX}max-objects`, integer(1), 2048, 'maximum objects parsed per message');

export const DNP3_OPTIONS = [MOST_REQUESTS, MOST_POINTS, MOST_OBJECTS];

export interface Dnp3Settings {
  readonly mostRequests: number;
  readonly mostPoints: number;
  readonly mostObjects: number;
}

export function dnp3Settings(config: Config): Dnp3Settings {
  return {
    mostRequests: config.read(MOST_REQUESTS),
    mostPoints: config.read(MOST_POINTS),
    mostObjects: config.read(MOST_OBJECTS),
  };
}
