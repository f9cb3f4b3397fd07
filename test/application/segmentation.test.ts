import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Protocol } from '../../engine/protocol.js';
import dns from '../../modules/app/dns.js';
import http from '../../modules/app/http.js';
import tls from '../../modules/app/tls.js';
import { capturesBelow } from '../conformance/captures.js';
import { differences } from './segmentation.js';

const folder = fileURLToPath(new URL('../../../shared/verify/tests', import.meta.url));
const sample = fileURLToPath(new URL('../sample/sample.pcap', import.meta.url));
const protocols = [dns, http, tls] as unknown as Protocol[];

it('records of the sample are the same for whole streams, random pieces and single bytes', async () => {
  expect((await differences(sample, protocols)).lines).toEqual([]);
}, 60_000);

it.skipIf(!existsSync(folder))(
  'records of captures with DNS, HTTP and TLS do not depend on segmentation (skipped without them)',
  async () => {
    const captures = capturesBelow(folder).filter(
      path => /\/(dns|http|tls|ja3|ja4)-[^/]*\/[^/]*$/.test(path) && !/evader/.test(path),
    );
    for (const capture of captures.slice(0, 40))
      expect((await differences(capture, protocols)).lines, capture).toEqual([]);
  },
  300_000,
);
