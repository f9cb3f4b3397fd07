/** Explains rules given as text over a capture. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CaptureOptions,
  captureSettings,
  loadedRules,
} from '../../engine/cli/rules/capture-inspection.js';
import { explain, findRule } from '../../engine/cli/rules/explain.js';
import { type Explanation, type ExplanationData, explanationOf } from '../../engine/cli/rules/explanation.js';
import { pcapFile } from '../packets/builder.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-explain-'));
let files = 0;

export interface Explained extends Explanation {
  readonly gathered: ExplanationData;
}

/** @param name sid, or gid:sid */
export async function explained(name: string | number, options: CaptureOptions): Promise<Explained> {
  const loaded = await loadedRules(options, captureSettings(options));
  const gathered = await explain(loaded, findRule(String(name), loaded), options);
  return { gathered, ...explanationOf(gathered) };
}

/** A file with this content. */
export function fileOf(content: string | Uint8Array, name: string): string {
  const file = join(folder, `${files++}-${name}`);
  writeFileSync(file, content);
  return file;
}

export function captureOf(packets: readonly Uint8Array[]): string {
  return fileOf(pcapFile(packets), 'capture.pcap');
}
