/** What is shown and searched of an X.509 certificate; the reading is left to the crypto library of Node. */
import { createHash, X509Certificate } from 'node:crypto';

export interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  /** Pairs of hexadecimal digits with colons, upper case. */
  readonly serial: string;
  /** SHA-1 of the certificate, pairs with colons, lower case. */
  readonly fingerprint: string;
  /** Seconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly alternativeNames: readonly string[];
}

/** Servers show the same certificates again and again: reading one takes 100 µs, its hash 3. */
const CACHED = 512;

/** Certificates read last, by fingerprint; the oldest leaves. One for each thread. */
export class CertificateCache {
  private readonly known = new Map<string, Certificate | undefined>();

  /** @returns undefined for bytes that are no certificate */
  read(der: Uint8Array): Certificate | undefined {
    const digest = createHash('sha1').update(der).digest('hex');
    if (this.known.has(digest)) return this.known.get(digest);
    const certificate = parseCertificate(der, digest);
    if (this.known.size >= CACHED) this.known.delete(this.known.keys().next().value!);
    this.known.set(digest, certificate);
    return certificate;
  }
}

function parseCertificate(der: Uint8Array, digest: string): Certificate | undefined {
  try {
    const parsed = new X509Certificate(der);
    return {
      subject: distinguishedName(parsed.subject),
      issuer: distinguishedName(parsed.issuer),
      serial: pairs(parsed.serialNumber),
      fingerprint: pairs(digest),
      notBefore: Date.parse(parsed.validFrom) / 1000,
      notAfter: Date.parse(parsed.validTo) / 1000,
      alternativeNames: alternativeNames(parsed.subjectAltName),
    };
  } catch {
    return undefined;
  }
}

/** Node gives an attribute a line, in the order of the certificate. */
function distinguishedName(lines: string | undefined): string {
  return (lines ?? '')
    .split('\n')
    .map(line => line.replace(/\\([,+"\\<>;=#])/g, '$1'))
    .join(', ');
}

const pairs = (digits: string): string =>
  (digits.length % 2 === 1 ? `0${digits}` : digits).replace(/..(?=.)/g, '$&:');

/** `DNS:a.example, IP Address:10.0.0.1`: the names without their kinds. */
function alternativeNames(text: string | undefined): string[] {
  if (!text) return [];
  return text.split(', ').map(entry => entry.slice(entry.indexOf(':') + 1).replace(/^"(.*)"$/, '$1'));
}
