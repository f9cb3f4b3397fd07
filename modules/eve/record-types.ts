/** Names allowed under `types` of an eve-log entry: with an unknown name the intended records would be missing. */
import type { Config } from '../../engine/config/config.js';
import type { Finding } from '../../engine/config/declared.js';
import { nearest } from '../../engine/nearest.js';
import { KINDS } from './wants.js';

const TYPES: readonly string[] = [
  ...Object.keys(KINDS),
  ...[
    'stats',
    'http',
    'http2',
    'dns',
    'doh2',
    'mdns',
    'tls',
    'smtp',
    'ftp',
    'ftp_data',
    'rdp',
    'nfs',
    'smb',
    'tftp',
  ],
  ...[
    'ike',
    'dcerpc',
    'krb5',
    'bittorrent-dht',
    'snmp',
    'rfb',
    'sip',
    'dnp3',
    'modbus',
    'enip',
    'quic',
    'ldap',
  ],
  ...['pop3', 'dhcp', 'ssh', 'mqtt', 'pgsql', 'websocket', 'ntp'],
];

/** Shorter names are too similar to each other for suggestions. */
const MIN_SUGGESTED_LENGTH = 4;

/** Names of no known record. Records of third-party protocols and modules are not known here. */
export function unknownTypes(config: Config): Finding[] {
  if (isLong(config.at('app-layer.plugins')) || isLong(config.at('profiles'))) return [];
  const outputs = config.at('outputs');
  return (Array.isArray(outputs) ? outputs : []).flatMap((output, i) => {
    const types = (output as Record<string, { types?: unknown } | null> | null)?.['eve-log']?.types;
    return (Array.isArray(types) ? types : []).flatMap((entry, j) =>
      findingOf(entry, `outputs.${i}.eve-log.types.${j}`),
    );
  });
}

function isLong(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function findingOf(entry: unknown, path: string): Finding[] {
  const name = typeof entry === 'object' && entry !== null ? (Object.keys(entry)[0] ?? '') : String(entry);
  if (TYPES.includes(name)) return [];
  const meant = name.length < MIN_SUGGESTED_LENGTH ? undefined : nearest(name.toLowerCase(), TYPES);
  const message = `unknown record type ${name}${meant === undefined ? '' : `, did you mean ${meant}?`}`;
  return [{ path, kind: 'unaccepted', message, isWarning: true }];
}
