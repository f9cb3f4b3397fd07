/** Plays the cases of a segment table, both as written and cut into other segments, and compares the alerts. */
import type { Config } from '../../config/config.js';
import type { Detections } from '../../detection/prepared.js';
import type { Protocol } from '../../protocol.js';
import { type Finding, openDetectionHarness } from './finding.js';
import type { ModuleHarness } from './module-harness.js';
import type { Case, Expected, FlowLine, Step } from './table.js';

/** How the bytes of a step are cut into segments. */
export interface Segmentation {
  readonly name: string;
  /** Length of the next segment. */
  next(left: number): number;
}

export const AS_WRITTEN: Segmentation = { name: 'as written', next: left => left };
export const BYTE_BY_BYTE: Segmentation = { name: 'segments of 1 byte', next: () => 1 };

/** Random lengths, reproducible for the same seed. */
export function randomSegments(seed: number): Segmentation {
  let state = seed >>> 0 || 1;
  return {
    name: `random segments (seed ${seed})`,
    next(left) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return 1 + (state % Math.min(left, 40));
    },
  };
}

export interface Failure {
  readonly line: number;
  readonly message: string;
}

export interface PlayResult {
  readonly findings: readonly Finding[];
  readonly failures: readonly Failure[];
}

const DEFAULT_FLOW: FlowLine = {
  ...{ kind: 'flow', transport: 'tcp', clientAddress: '192.0.2.1', clientPort: 40_000 },
  ...{ serverAddress: '198.51.100.1', serverPort: 80 },
};

export interface PlayContext {
  readonly config: Config;
  readonly detections: Detections;
  readonly protocols: readonly Protocol[];
}

export async function play(
  each: Case,
  context: PlayContext,
  segmentation: Segmentation,
): Promise<PlayResult> {
  const detections = withNewTables(context.detections);
  const { harness, findings } = await openDetectionHarness(
    context.config,
    detections,
    context.protocols,
    each.inline,
  );
  const failures: Failure[] = [];
  let claimed = 0;
  let inFlow = false;
  for (const step of each.steps) {
    if (step.kind === 'flow') inFlow = true;
    else if (!inFlow && step.kind !== 'after' && step.kind !== 'expect') {
      harness.begin(DEFAULT_FLOW);
      inFlow = true;
    }
    if (step.kind === 'expect') {
      const problem = difference(findings[claimed], step.expected);
      if (problem) failures.push({ line: step.line, message: problem });
      if (step.expected && claimed < findings.length) claimed++;
    } else performStep(harness, step, segmentation);
  }
  harness.endAll();
  for (const finding of findings.slice(claimed))
    failures.push({ line: each.line, message: `unexpected finding: ${findingText(finding)}` });
  for (const message of harness.messages) failures.push({ line: each.line, message });
  return { findings, failures };
}

/** Cases are independent: none sees state of earlier ones. */
function withNewTables(detections: Detections): Detections {
  const list = detections.list.map(each => ({
    ...each,
    tables: each.tables.map(table => ({ ...table, buffer: new SharedArrayBuffer(table.buffer.byteLength) })),
  }));
  return { ...detections, list };
}

function performStep(
  harness: ModuleHarness,
  step: Exclude<Step, { kind: 'expect' }>,
  segmentation: Segmentation,
): void {
  switch (step.kind) {
    case 'flow':
      harness.begin(step);
      break;
    case 'data':
      for (let at = 0; at < step.bytes.length; ) {
        const length = harness.isSegmented ? segmentation.next(step.bytes.length - at) : step.bytes.length;
        harness.data(step.toServer, step.bytes.subarray(at, at + length));
        at += length;
      }
      break;
    case 'gap':
      harness.gap(step.toServer, step.missing);
      break;
    case 'close':
      harness.close(step.toServer, step.reset);
      break;
    case 'end':
      harness.end();
      break;
    case 'after':
      harness.advance(step.seconds);
      break;
  }
}

/** @returns the difference; undefined when the finding is as expected */
function difference(finding: Finding | undefined, expected: Expected | undefined): string | undefined {
  if (!expected) return finding && `expected nothing, got: ${findingText(finding)}`;
  if (!finding) return `expected ${expectedText(expected)}, got nothing`;
  const { action, detection, message, at } = expected;
  const position = finding.read && (at?.toServer ? finding.read.to_server : finding.read.to_client);
  const same =
    action === finding.action &&
    (detection === undefined || detection === finding.detection) &&
    (message === undefined || finding.message?.includes(message) === true) &&
    (at === undefined || at.position === position);
  return same ? undefined : `expected ${expectedText(expected)}, got: ${findingText(finding)}`;
}

function expectedText({ action, detection, message, at }: Expected): string {
  const place = at ? ` at ${at.toServer ? 'client' : 'server'} ${at.position}` : '';
  return `${action}${detection ? ` ${detection}` : ''}${message === undefined ? '' : ` "${message}"`}${place}`;
}

export function findingText({ action, detection, message, read }: Finding): string {
  const place = read ? ` at client ${read.to_server}, server ${read.to_client}` : '';
  return `${action} ${detection}${message === undefined ? '' : ` "${message}"`}${place}`;
}
