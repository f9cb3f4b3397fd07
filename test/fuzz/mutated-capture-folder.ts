/** Folders of mutated captures, derived from the captures of another folder. */
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capturesBelow } from '../conformance/captures.js';
import { pcapFile } from '../packets/pcap-file.js';
import { randomNumbers } from '../pseudo-random.js';
import { captureOf } from './capture-packets.js';
import { mutatedPackets } from './packet-mutator.js';

/** Larger captures take long and find little more. */
const MAX_CAPTURE_BYTES = 2 ** 18;

/** @returns a new folder with up to `count` captures `SEED.pcap`, the same for the same seed */
export function mutatedCaptureFolder(from: string, seed: number, count: number): string {
  const originals = capturesBelow(from).filter(path => statSync(path).size <= MAX_CAPTURE_BYTES);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-changed-'));
  for (let index = 0; index < count; index++, seed++) {
    const random = randomNumbers(seed);
    const capture = captureOf(readFileSync(originals[random(originals.length)]!));
    if (capture)
      writeFileSync(
        join(folder, `${seed}.pcap`),
        pcapFile(mutatedPackets(capture, random), { linkType: capture.linkType }),
      );
  }
  return folder;
}
