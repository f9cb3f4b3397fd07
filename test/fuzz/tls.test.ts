/** Mutated TLS handshakes and certificates: parsed without failure, with results independent of segmentation. */
import { describe, expect, test } from 'vitest';
import { parseCertificate } from '../../modules/app/tls/certificate.js';
import tls from '../../modules/app/tls.js';
import {
  alpn,
  CHANGE_CIPHER_SPEC,
  certificate,
  certificates,
  clientHello,
  dnsName,
  record,
  SERVER_HELLO_DONE,
  serverHello,
  serverName,
  versions,
} from '../app/tls/handshake-builder.js';
import { Feed } from '../application/feed.js';
import { concat } from '../packets/bytes.js';
import { randomNumbers } from '../pseudo-random.js';
import { mutatedVariants } from './byte-mutator.js';

const SEEDS = [1, 2, 3];
const shown = certificate({ names: [dnsName('a.example'), dnsName('b.example')] });
const client = concat(
  record(22, clientHello([serverName('a.example'), alpn('h2'), versions(0x0304)])),
  CHANGE_CIPHER_SPEC,
);
const server = concat(
  record(22, concat(serverHello(), certificates(shown, shown), SERVER_HELLO_DONE)),
  CHANGE_CIPHER_SPEC,
);
const config = {
  'app-layer': { protocols: { tls: { 'ja3-fingerprints': 'yes', 'ja4-fingerprints': 'yes' } } },
};

describe.each(SEEDS)('seed %i', seed => {
  test('mutated certificates are parsed or rejected', () => {
    for (const bytes of mutatedVariants(seed, 3000, [shown])) {
      const read = parseCertificate(bytes, '00');
      if (typeof read === 'string') expect(tls.events).toContain(read);
      else JSON.stringify(read);
    }
  });

  test('mutated handshakes give the same records whole and in pieces', () => {
    const random = randomNumbers(seed);
    const clients = [...mutatedVariants(seed, 15, [client])];
    const servers = [...mutatedVariants(seed + 100, 15, [server])];
    clients.forEach((bytes, i) => {
      const message = (next: () => number) => {
        const feed = new Feed([tls], { serverPort: 443, config });
        feed.pieces(true, bytes, next).pieces(false, servers[i]!, next).end();
        return [feed.records, feed.events.sort()];
      };
      expect(message(() => 1 + random(40))).toEqual(message(() => 65_000));
    });
  });
});
