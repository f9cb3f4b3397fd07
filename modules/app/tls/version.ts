/** Protocol versions by number, and their names. */
export const SSL2 = 0x0002;
export const TLS13 = 0x0304;

const NAMES: ReadonlyMap<number, string> = new Map([
  [SSL2, 'SSLv2'],
  [0x0300, 'SSLv3'],
  [0x0301, 'TLSv1'],
  [0x0302, 'TLS 1.1'],
  [0x0303, 'TLS 1.2'],
  [TLS13, 'TLS 1.3'],
]);

export const JA4_VERSIONS: ReadonlyMap<number, string> = new Map([
  [TLS13, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [SSL2, 's2'],
]);

/** TLS 1.3, or a draft of it. */
export function isTls13(version: number): boolean {
  return version === TLS13 || version >>> 8 === 0x7f;
}

/** Names of `tls.version` and `ssl_version`. */
export const VERSION_WORDS: ReadonlyMap<string, number> = new Map([
  ['sslv2', SSL2],
  ['sslv3', 0x0300],
  ['tls1.0', 0x0301],
  ['tls1.1', 0x0302],
  ['tls1.2', 0x0303],
  ['tls1.3', TLS13],
]);

export function versionName(version: number): string {
  if (version === 0) return 'UNDETERMINED';
  return (
    NAMES.get(version) ??
    (version >>> 8 === 0x7f
      ? `TLS 1.3 draft-${version & 0xff}`
      : `0x${version.toString(16).padStart(4, '0')}`)
  );
}
