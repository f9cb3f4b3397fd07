/** Runs detections on a capture with the whole engine, and reads their alerts from its records. */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packaged } from '../../compiled.js';

const PROGRAM = fileURLToPath(packaged('engine/bin/sluice.mjs'));

const CONFIG = `outputs:
  - eve-log: { enabled: yes, filename: eve.json, types: [alert] }
`;

const PROBLEM = /^(?:Warning|Error): (detections? .*)$/gm;

export interface CaptureFinding {
  readonly detection: string;
  readonly sid: number;
  readonly msg: string;
  readonly message?: string;
  readonly packet?: number;
  readonly time: string;
  readonly flow: string;
  readonly read?: { readonly to_server: number; readonly to_client: number };
}

export interface CaptureResult {
  readonly found: readonly CaptureFinding[];
  /** What the engine logged about detections that failed or were disabled. */
  readonly problems: readonly string[];
}

export interface CaptureSettings {
  readonly profile: string;
  readonly inline: boolean;
  /** Configuration on top of which the run's own outputs are set. */
  readonly config?: string | undefined;
  /** Additional command line words. */
  readonly words: readonly string[];
}

/** @throws Error with the engine's messages when it could not run */
export async function runCapture(
  capture: string,
  detections: readonly string[],
  { profile, inline, words, config }: CaptureSettings,
): Promise<CaptureResult> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  try {
    const include = config === undefined ? '' : `include: ${JSON.stringify(resolve(config))}\n`;
    writeFileSync(join(folder, 'test.yaml'), `%YAML 1.1\n---\n${include}${CONFIG}`);
    const rules = detections.flatMap(file => ['-S', file]);
    const own = ['-c', join(folder, 'test.yaml'), '-l', folder, '--runmode', profile, '--init-errors-fatal'];
    const code = await runProcess([
      ...own,
      '-r',
      capture,
      ...rules,
      ...(inline ? ['--simulate-ips'] : []),
      ...words,
    ]);
    if (code.exit !== 0) throw new Error(code.errors.trim() || `the engine exited with code ${code.exit}`);
    const lines = readFileSync(join(folder, 'eve.json'), 'utf8').split('\n').filter(Boolean);
    return {
      found: lines.map(line => findingOf(JSON.parse(line))).filter(each => each.detection !== ''),
      problems: [...`${code.output}\n${code.errors}`.matchAll(PROBLEM)].map(([, text]) => text!),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface ProcessResult {
  readonly exit: number | null;
  readonly output: string;
  readonly errors: string;
}

function runProcess(words: readonly string[]): Promise<ProcessResult> {
  const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout.on('data', data => {
    output += data;
  });
  child.stderr.on('data', data => {
    errors += data;
  });
  return new Promise(resolve => child.on('close', exit => resolve({ exit, output, errors })));
}

// biome-ignore lint/suspicious/noExplicitAny: a record as it was written
function findingOf({ alert, ...record }: any): CaptureFinding {
  const { name = '', message, read } = alert.detection ?? {};
  return {
    ...{ detection: name, sid: alert.signature_id, msg: alert.signature, message, read },
    packet: record.pcap_cnt,
    time: record.timestamp,
    flow: `${record.src_ip}:${record.src_port ?? ''} -> ${record.dest_ip}:${record.dest_port ?? ''}`,
  };
}
