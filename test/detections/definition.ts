/** Detections of tests: definitions in a stage as if loaded from a file. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finding, openDetectionHarness } from '../../engine/cli/detection-test/finding.js';
import type { ModuleHarness } from '../../engine/cli/detection-test/module-harness.js';
import { DetectionLoader } from '../../engine/cli/run/prepare-detections.js';
import { Config, type ConfigTree } from '../../engine/config/config.js';
import type { Detections } from '../../engine/detection/prepared.js';
import type { Protocol } from '../../engine/protocol.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-detections-'));
let files = 0;

/** Creates a file with this text. */
export function fileWith(code: string, ending = 'ts'): string {
  const file = join(folder, `detection-${++files}.${ending}`);
  writeFileSync(file, code);
  return file;
}

/** The code of a detection: fields besides name and sid. */
export function definition(fields: string, before = ''): string {
  return `import * as sluice from 'sluice';
const { alert, drop, reject, bypass, stop, text, hex, integer, sharedTable } = sluice;
${before}
export default sluice.defineDetection({ name: 'test', sid: 1, msg: 'a test', ${fields} });`;
}

export interface Prepared {
  readonly detections: Detections;
  readonly problems: readonly string[];
}

export function prepare(
  codes: readonly string[],
  config: ConfigTree = {},
  protocols: readonly Protocol[] = [],
): Prepared {
  const { detections, problems } = new DetectionLoader(folder).load({
    config: new Config(config),
    protocols,
    exclusive: codes.map(code => fileWith(code)),
  });
  return { detections, problems: problems.map(({ message }) => message) };
}

export interface StageOptions {
  readonly config?: ConfigTree;
  readonly inline?: boolean;
  readonly protocols?: readonly Protocol[];
}

/** A stage with one detection per text of fields. @throws Error if one cannot be loaded */
export async function stageWith(
  fields: string | readonly string[],
  { config = {}, inline = false, protocols = [] }: StageOptions = {},
): Promise<TestStage> {
  const list = typeof fields === 'string' ? [fields] : fields;
  const codes = list.map((each, i) => definition(`${each}, name: 'test-${i + 1}', sid: ${i + 1}`));
  const { detections, problems } = prepare(codes, config, protocols);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const { harness, findings } = await openDetectionHarness(new Config(config), detections, protocols, inline);
  harness.begin({
    ...{ kind: 'flow', transport: 'tcp', clientAddress: '10.0.0.1', clientPort: 1024 },
    ...{ serverAddress: '10.0.0.2', serverPort: 80 },
  });
  return Object.assign(harness, { findings });
}

export type TestStage = ModuleHarness & { readonly findings: readonly Finding[] };

/** Messages of the findings. */
export function messages(stage: TestStage): (string | undefined)[] {
  return stage.findings.map(({ message }) => message);
}

export const bytes = (data: string): Uint8Array => Buffer.from(data, 'latin1');
