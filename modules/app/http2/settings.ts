/** Settings of HTTP/2: its own limits; bodies, files and content encodings use those of HTTP. */

import type { Config } from '../../../engine/config/config.js';
import { integer, option, size } from '../../../engine/config/option.js';
import { type DnsVariant, dnsVariants } from '../dns/outputs.js';
import { type HttpSettings, httpSettings } from '../http/settings.js';

const PREFIX = 'app-layer.protocols.http2.';

const MAX_STREAMS = option(
  `${PREFIX}max-streams`,
  integer(1),
  4096,
  'maximum open streams of a connection; beyond it the oldest is ended',
);
const MAX_TABLE = option(
  `${PREFIX}max-table-size`,
  size,
  65536,
  'maximum bytes of a header table, whatever the connection announces',
);
const MAX_REASSEMBLY = option(
  `${PREFIX}max-reassembly-size`,
  size,
  102400,
  'maximum bytes of a header split over several frames',
);

export const HTTP2_OPTIONS = [MAX_STREAMS, MAX_TABLE, MAX_REASSEMBLY];

export interface Http2Settings {
  /** How DNS messages in bodies are logged. */
  readonly dns: readonly DnsVariant[];
  readonly http: HttpSettings;
  readonly maxStreams: number;
  readonly maxTable: number;
  readonly maxReassembly: number;
}

/**
 * @param settingsOf the settings of HTTP/1, which are reused: bodies share one memory limit, and ranges of a file may
 * arrive over both
 */
export function http2Settings(
  config: Config,
  shared: Readonly<Record<string, unknown>>,
  settingsOf: (protocol: string) => unknown,
): Http2Settings {
  return {
    dns: dnsVariants(config, process.env),
    http: (settingsOf('http') as HttpSettings | undefined) ?? httpSettings(config, shared),
    maxStreams: config.read(MAX_STREAMS),
    maxTable: config.read(MAX_TABLE),
    maxReassembly: config.read(MAX_REASSEMBLY),
  };
}
