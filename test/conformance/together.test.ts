import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { capturesBelow, spread } from './captures.js';
import { disagreements, rulesBelow } from './together.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const COLLECTION = at('../../../shared/verify/tests');

function withFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-together-test-'));
  return Promise.resolve(work(folder)).finally(() => rmSync(folder, { recursive: true }));
}

it(
  'captures read in one run give the same records in every configuration',
  () =>
    withFolder(async folder => {
      for (const name of ['a.pcap', 'b.pcap']) cpSync(at('../sample/sample.pcap'), join(folder, name));
      cpSync(at('../../signatures/sample.rules'), join(folder, 'sample.rules'));
      expect(await disagreements(folder)).toEqual([]);
    }),
  60_000,
);

it.skipIf(!existsSync(COLLECTION))(
  '60 captures of all kinds with all rules give the same records in every configuration (skipped without them)',
  () =>
    withFolder(async folder => {
      for (const [i, capture] of spread(capturesBelow(COLLECTION), 60).entries())
        cpSync(capture, join(folder, `${i}.pcap`));
      writeFileSync(join(folder, 'all.rules'), rulesBelow(COLLECTION).join('\n'), 'latin1');
      expect(await disagreements(folder)).toEqual([]);
    }),
  300_000,
);

it('each alert rule is taken once and gets a number of its own', () =>
  withFolder(folder => {
    writeFileSync(
      join(folder, 'a.rules'),
      'alert tcp any any -> any any (content:"a"; sid:7; rev:2;)\n# no rule\n',
    );
    writeFileSync(
      join(folder, 'b.rules'),
      'alert tcp any any -> any any (content:"a"; sid:8; rev:2;)\ndrop ip any any -> any any (sid:9;)\n',
    );
    expect(rulesBelow(folder)).toEqual(['alert tcp any any -> any any (content:"a";  rev:2; sid:1;)']);
  }));
