/** `sluice reassemble` on captures made from the cases of overlapping fragments. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesOf, type Side } from '../../engine/cli/reassemble/side.js';
import { reassembleCapture } from '../../engine/cli/reassemble.js';
import { HOST_OS } from '../../engine/stream/host-os-policy.js';
import { ethernet, fragment, ipv4, ipv6, packet, pcapFile } from '../packets/builder.js';
import { type FragmentCase, fragmentCases, fragmentExpectations } from './fragment-cases.js';

/** An unknown protocol (RFC 3692): all its bytes are payload. */
const EXPERIMENTAL = 253;

const folder = mkdtempSync(join(tmpdir(), 'reassemble-'));
afterAll(() => rmSync(folder, { recursive: true }));

const numberOf = (policy: string) => HOST_OS.indexOf(policy as (typeof HOST_OS)[number]);
const config = join(folder, 'hosts.yaml');
const networks = HOST_OS.map((os, i) => `  ${os}: [10.0.${i}.0/24, "fd00:0:0:${i}::/64"]`);
writeFileSync(config, ['host-os-policy:', ...networks, ''].join('\n'));

interface Wanted {
  readonly test: FragmentCase;
  readonly policy: string;
  readonly bytes: string | null;
  readonly source: string;
  readonly destination: string;
}

function wantedOf(family: 4 | 6): Wanted[] {
  return fragmentCases
    .filter(test => test.family.includes(family))
    .flatMap((test, index) =>
      fragmentExpectations(test).map(([policy, bytes]) => ({
        test,
        policy,
        bytes,
        source:
          family === 4 ? `172.16.${index >> 8}.${index & 255}` : `fd01:0:0:0:0:0:0:${index.toString(16)}`,
        destination: family === 4 ? `10.0.${numberOf(policy)}.1` : `fd00:0:0:${numberOf(policy)}:0:0:0:1`,
      })),
    );
}

function packetsOf({ test, source, destination }: Wanted, family: 4 | 6): Uint8Array[] {
  return test.fragments.map(({ off, data, mf, proto = EXPERIMENTAL }) => {
    if (family === 4) {
      const fields = {
        source,
        destination,
        protocol: proto,
        offset: off,
        moreFragments: mf === 1,
        id: 77,
      };
      return packet(ethernet(), ipv4(fields), data);
    }
    const part = fragment({ offset: off, moreFragments: mf === 1, id: 77, next: proto });
    return packet(ethernet(), ipv6({ source, destination }), part, data);
  });
}

describe.skipIf(fragmentCases.length === 0)('sluice reassemble, fragments', () => {
  for (const family of [4, 6] as const) {
    for (const batchSize of [undefined, 1]) {
      it(`IPv${family}, ${batchSize ? 'one by one' : 'in batches'}`, async () => {
        const wanted = wantedOf(family);
        const file = join(folder, `${family}.pcap`);
        writeFileSync(file, pcapFile(wanted.flatMap(item => packetsOf(item, family))));
        const made = new Map<string, Side[]>();
        const key = (source: string, destination: string) => `${source} ${destination}`;
        await reassembleCapture(file, { config, batchSize }, side => {
          const sides = made.get(key(side.src, side.dst)) ?? [];
          made.set(key(side.src, side.dst), [...sides, side]);
        });
        const wrong = wanted.flatMap(({ test, policy, bytes, source, destination }) => {
          const sides = made.get(key(short(source), short(destination))) ?? [];
          const got = sides.map(side => bytesOf(side).toString('latin1'));
          return (got[0] ?? null) === bytes ? [] : [`${test.id} ${policy}: ${got}, not ${bytes}`];
        });
        expect(wrong).toEqual([]);
      });
    }
  }
});

/** Addresses in their printed form (RFC 5952). */
function short(address: string): string {
  return address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
