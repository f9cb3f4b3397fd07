/** JA3, JA3S and JA4 fingerprints of hellos. */
import { createHash } from 'node:crypto';
import { type Hello, isGrease } from './hello.js';
import { JA4_VERSIONS } from './version.js';

export interface Fingerprint {
  readonly text: string;
  /** MD5 of the text. */
  readonly hash: string;
}

/** Version, ciphers, extensions, groups and point formats of a client, without GREASE (Althouse et al. 2017). */
export function ja3(hello: Hello): Fingerprint {
  const lists = [hello.ciphers, hello.extensions, hello.groups].map(list =>
    list.filter(value => !isGrease(value)),
  );
  return withHash(
    [hello.legacyVersion, ...[...lists, hello.pointFormats].map(list => list.join('-'))].join(','),
  );
}

/** Version, cipher and extensions of a server. */
export function ja3s(hello: Hello): Fingerprint {
  return withHash([hello.legacyVersion, hello.ciphers.join('-'), hello.extensions.join('-')].join(','));
}

function withHash(text: string): Fingerprint {
  return { text, hash: createHash('md5').update(text).digest('hex') };
}

const SERVER_NAME = 0;
const ALPN = 16;

/** JA4 of a TLS client (FoxIO's published format). @param transport `t` TCP, `q` QUIC */
export function ja4(hello: Hello, transport: 't' | 'q' = 't'): string {
  const ciphers = hello.ciphers.filter(value => !isGrease(value));
  const extensions = hello.extensions.filter(value => !isGrease(value));
  const versions = hello.versions.filter(value => !isGrease(value));
  const version = versions.length > 0 ? Math.max(...versions) : hello.legacyVersion;
  const named = hello.extensions.includes(SERVER_NAME) ? 'd' : 'i';
  const head = `${transport}${JA4_VERSIONS.get(version) ?? '00'}${named}${twoDigits(ciphers.length)}${twoDigits(extensions.length)}${ends(hello.alpn[0])}`;
  const sorted = extensions
    .filter(type => type !== SERVER_NAME && type !== ALPN)
    .map(hex)
    .sort();
  const signatures = hello.signatureAlgorithms.filter(value => !isGrease(value)).map(hex);
  const listed = signatures.length > 0 ? `${sorted.join(',')}_${signatures.join(',')}` : sorted.join(',');
  return `${head}_${short(ciphers.map(hex).sort().join(','))}_${short(sorted.length === 0 ? '' : listed)}`;
}

const hex = (value: number): string => value.toString(16).padStart(4, '0');
const twoDigits = (count: number): string => String(Math.min(99, count)).padStart(2, '0');

function short(text: string): string {
  return text === '' ? '000000000000' : createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** First and last letter of the first protocol; in hexadecimal if they are not letters or digits. */
function ends(protocol: Uint8Array | undefined): string {
  if (!protocol || protocol.length === 0) return '00';
  const [first, last] = [protocol[0]!, protocol.at(-1)!];
  const letters = String.fromCharCode(first, last);
  if (/^[0-9a-zA-Z]{2}$/.test(letters)) return letters;
  return first.toString(16).padStart(2, '0')[0]! + last.toString(16).padStart(2, '0')[1]!;
}
