/** `sluice reassemble` on captures made from the overlap cases. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesOf, type Side } from '../../engine/cli/reassemble/side.js';
import { reassembleCapture } from '../../engine/cli/reassemble.js';
import { HOST_OS } from '../../engine/stream/host-os-policy.js';
import { captureOf, type Played } from './overlap-capture.js';
import { expectations, ISNS, overlapCases } from './overlap-cases.js';

const folder = mkdtempSync(join(tmpdir(), 'reassemble-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Each system has a network of its own. */
const network = (policy: string) => `10.0.${HOST_OS.indexOf(policy as (typeof HOST_OS)[number])}`;
const config = join(folder, 'hosts.yaml');
writeFileSync(
  config,
  ['host-os-policy:', ...HOST_OS.map(os => `  ${os}: [${network(os)}.0/24]`), ''].join('\n'),
);

interface Wanted extends Played {
  readonly policy: string;
  readonly bytes: string;
}

const wanted: Wanted[] = overlapCases.flatMap((test, index) =>
  expectations(test).map(([policy, bytes]) => {
    const server = policy === 'inline' ? '10.9.9.9' : `${network(policy)}.1`;
    return { test, policy, bytes, server, sport: 1024 + index };
  }),
);

/** The data of a side from `from` on, with dots for gaps. */
function textOf(side: Side, from: number): string {
  let text = bytesOf(side).toString('latin1');
  for (const { offset, length } of side.gaps)
    text = text.slice(0, offset) + '.'.repeat(length) + text.slice(offset);
  return text.slice(from - 1);
}

describe.skipIf(overlapCases.length === 0)('sluice reassemble, overlap cases', () => {
  for (const inline of [false, true]) {
    for (const isn of ISNS) {
      for (const batchSize of [undefined, 1]) {
        it(`ISN ${isn}, ${batchSize ? 'one by one' : 'in batches'}${inline ? ', inline' : ''}`, async () => {
          const played = wanted.filter(({ policy }) => (policy === 'inline') === inline);
          const file = join(folder, `${isn}-${inline}.pcap`);
          writeFileSync(file, captureOf(played, isn));
          const sides = new Map<string, Side>();
          const whole = await reassembleCapture(file, { config, inline, batchSize }, side => {
            sides.set(`${side.sport} ${side.dst}`, side);
          });
          expect(whole).toBe(true);
          const wrong = played.flatMap(({ test, policy, bytes, server, sport }) => {
            const side = sides.get(`${sport} ${server}`);
            const got = side && textOf(side, test.from);
            return got === bytes.replace(/\.+$/, '') ? [] : [`${test.id} ${policy}: ${got}, not ${bytes}`];
          });
          expect(wrong).toEqual([]);
        });
      }
    }
  }
});
