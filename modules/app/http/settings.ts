/** Settings of HTTP: `app-layer.protocols.http.libhtp`, a default and others by server address. */

import type { Config, ConfigTree } from '../../../engine/config/config.js';
import { networks } from '../../../engine/config/networks.js';
import { integer, option, size, tree } from '../../../engine/config/option.js';
import { type FileSettings, fileSettings } from '../../../engine/files/file-settings.js';
import { type BodyMemory, bodyMemory } from '../../../engine/files/inspected-body.js';
import { RangeFiles } from '../../../engine/files/range-files.js';
import { PrefixTable } from '../../../engine/prefix-table.js';
import { type BodyForms, bodyForms } from '../../../engine/record/alert-bodies.js';
import { allForwardedFor, type ForwardedFor } from '../../../engine/record/forwarded-for.js';
import { usedKeywords } from '../../../engine/used-keywords.js';
import { BODIES, BODY_OPTIONS, type HttpVariant, httpVariants } from './record-settings.js';
import { PREFIX, SERVER_OPTIONS, type ServerSettings, serverSettings } from './server-settings.js';

export const SERVERS = option(
  `${PREFIX}server-config`,
  tree,
  [],
  'settings by server address: a list of name: { address, … }',
);
const MEMCAP = option(
  'app-layer.protocols.http.memcap',
  size,
  64 << 20,
  'maximum bytes of bodies kept per thread',
);

const RANGE_MEMCAP = option(
  'app-layer.protocols.http.byterange.memcap',
  size,
  100 << 20,
  'maximum bytes of out-of-order file ranges kept per thread',
);
const RANGE_TIMEOUT = option(
  'app-layer.protocols.http.byterange.timeout',
  integer(1),
  60,
  'seconds after which a file transferred in ranges is discarded',
);

export const HTTP_OPTIONS = [...SERVER_OPTIONS, SERVERS, MEMCAP, RANGE_MEMCAP, RANGE_TIMEOUT];

/** All HTTP settings of one thread. */
export interface HttpSettings {
  readonly defaults: ServerSettings;
  readonly servers: PrefixTable<ServerSettings>;
  readonly files: FileSettings;
  /** The variants in which outputs log transactions. */
  readonly variants: readonly HttpVariant[];
  /** How outputs log the client address behind a proxy. */
  readonly forwardedFor: readonly ForwardedFor[];
  /** Forms in which alerts contain bodies. */
  readonly alertBodies: BodyForms;
  /** Files transferred in ranges. */
  readonly ranges: RangeFiles;
  readonly memory: BodyMemory;
  /** Whether a rule inspects bodies as they arrive. */
  readonly reportsBodies: { readonly request: boolean; readonly response: boolean };
  /** Whether a rule is about file names, which are known before the contents. */
  readonly reportsFiles: boolean;
}

const NAMES_OF_FILES = ['filename', 'fileext', 'file.name', 'file_name'];

export function httpSettings(config: Config, shared: Readonly<Record<string, unknown>>): HttpSettings {
  const defaults = asTree(config.at(`${PREFIX}default-config`));
  const servers = new PrefixTable<ServerSettings>();
  for (const { addresses, settings } of serverEntries(config.read(SERVERS))) {
    const values = serverSettings({ ...defaults, ...settings });
    for (const address of addresses) servers.add(address, values);
  }
  return {
    defaults: serverSettings(defaults),
    servers,
    files: fileSettings(config, shared),
    variants: httpVariants(config),
    alertBodies: bodyForms(config, BODIES, BODY_OPTIONS),
    forwardedFor: allForwardedFor(config),
    ranges: new RangeFiles(config.read(RANGE_MEMCAP), config.read(RANGE_TIMEOUT)),
    memory: bodyMemory(config.read(MEMCAP)),
    reportsBodies: {
      request: usedKeywords(shared).includes('hook:request_body'),
      response: usedKeywords(shared).includes('hook:response_body'),
    },
    reportsFiles: usedKeywords(shared).some(keyword => NAMES_OF_FILES.includes(keyword)),
  };
}

/** Memory used by bodies and ranges, and how often there was no room. */
export function httpGauges({ memory, ranges }: HttpSettings): Readonly<Record<string, () => number>> {
  return {
    'http.memuse': () => memory.used,
    'http.memcap': () => memory.refused,
    'http.byterange.memuse': () => ranges.memoryUsed,
    'http.byterange.memcap': () => ranges.refused,
  };
}

/** @param address of the server, 4 or 16 bytes */
export function settingsOf(settings: HttpSettings, address: Uint8Array): ServerSettings {
  return settings.servers.lookup(address, 0, address.length === 4 ? 4 : 6) ?? settings.defaults;
}

/** `- apache: { address: [192.0.2.0/24], personality: Apache_2 }` */
function serverEntries(list: unknown): { addresses: readonly string[]; settings: ConfigTree }[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap(entry =>
    Object.values(asTree(entry)).map(settings => {
      const { address, ...rest } = asTree(settings);
      // Errors were reported by `server-settings-check.ts`.
      return { addresses: networks.parse(address) ?? [], settings: rest };
    }),
  );
}

function asTree(value: unknown): ConfigTree {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as ConfigTree) : {};
}
