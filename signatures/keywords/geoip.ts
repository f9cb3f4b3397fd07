/** geoip: the country of an address, from a MaxMind database. */
import * as Packet from '../../engine/packet.js';
import { GEOIP_DATABASES, GeoipDatabases } from '../geoip/databases.js';
import type { MaxMindDatabase, MaxMindValue } from '../geoip/maxmind.js';
import type { Inspection } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import type { Match } from '../signature.js';

const SIDES = ['src', 'dst', 'both', 'any'] as const;

export interface GeoipMatch extends Match {
  readonly kind: 'geoip';
  readonly side: (typeof SIDES)[number];
  readonly negated: boolean;
  /** Two-letter codes. */
  readonly countries: readonly string[];
  /** Path of the database. */
  readonly database: string;
}

/** Maximum number of countries in a rule. */
const MAX_COUNTRIES = 64;

const geoip: Keyword = {
  name: 'geoip',
  family: 'packet',
  summary: 'Country of the addresses, as ISO 3166 codes; needs geoip-database.',
  grammar: '[src|dst|both|any,] [!]country [, country …]',
  features: ['compatible with IP-only rule'],
  parse(rule, argument, at) {
    const parts = argument!.split(',').map(part => part.trim());
    if (parts[0] === 'dest') parts[0] = 'dst';
    const side = SIDES.find(each => each === parts[0]);
    if (side) parts.shift();
    const negated = parts[0]?.startsWith('!') ?? false;
    const countries = parts.map(part => part.replace(/^!/, '').toUpperCase());
    if (parts.some(part => part.startsWith('!') !== negated))
      throw new RuleError('geoip: either all countries or none must be negated', at);
    const wrong = countries.find(country => !/^[A-Z0-9]{2}$/.test(country));
    if (wrong !== undefined || countries.length === 0)
      throw new RuleError(`geoip: "${wrong ?? ''}" is not a country code`, at, 'DE');
    if (countries.length > MAX_COUNTRIES)
      throw new RuleError(`geoip: more than ${MAX_COUNTRIES} countries`, at);
    const database = rule.context.geoipDatabase;
    if (database === '') rule.markUnsupported('keyword geoip needs a database (geoip-database)');
    else {
      const { problem } = rule.context.geoip.open(database);
      if (problem !== undefined) throw new RuleError(`geoip: ${problem}`, at, 'geoip-database: FILE');
    }
    rule.addCondition({ kind: 'geoip', side: side ?? 'any', negated, countries, database });
  },
};

export const geoipKeywords: readonly Keyword[] = [geoip];

/** ISO country code of an address; the registered country if there is no other. */
function countryOf(database: MaxMindDatabase, address: Uint8Array): string | undefined {
  const record = recordOf(database, address) as Record<string, { iso_code?: string } | undefined> | undefined;
  return record?.country?.iso_code ?? record?.registered_country?.iso_code;
}

/** @returns undefined also if the database is damaged here */
function recordOf(database: MaxMindDatabase, address: Uint8Array): MaxMindValue | undefined {
  try {
    return database.find(address);
  } catch {
    return undefined;
  }
}

/** Source or destination address of the current packet. */
function address(at: Inspection, side: 'src' | 'dst'): Uint8Array | undefined {
  const { row, bytes } = at.memory;
  const header = row[at.p + Packet.L3]!;
  const version = row[at.p + Packet.IP_VERSION]!;
  if (header === 0 || (version !== 4 && version !== 6)) return undefined;
  const [first, length] = version === 4 ? [12, 4] : [8, 16];
  const start = header + first + (side === 'dst' ? length : 0);
  return bytes.subarray(start, start + length);
}

export const geoipCompilers: readonly MatchCompiler[] = [
  {
    kind: 'geoip',
    compile(match, environment) {
      const { side, negated, countries, database: path } = match as GeoipMatch;
      const databases = environment.stores.get(GEOIP_DATABASES) as GeoipDatabases | undefined;
      // The file may have been removed or damaged since the rule was parsed: inspection continues.
      const { database } = (databases ?? new GeoipDatabases()).open(path);
      if (!database) return () => false;
      const wanted = new Set(countries);
      const holds = (at: Inspection, which: 'src' | 'dst') => {
        const bytes = address(at, which);
        const country = bytes && countryOf(database, bytes);
        return country !== undefined && wanted.has(country) !== negated;
      };
      switch (side) {
        case 'src':
        case 'dst':
          return at => holds(at, side);
        case 'both':
          return at => holds(at, 'src') && holds(at, 'dst');
        default:
          return at => holds(at, 'src') || holds(at, 'dst');
      }
    },
  },
];
