/** Prepares the code detections of a run: finds, compiles and checks them, and reads which flows they want. */

import { FILES, MAY } from '../../../modules/detections/options.js';
import { ruleFiles } from '../../../signatures/rule-files.js';
import type { LoadOptions } from '../../../signatures/rule-loader.js';
import type { RuleProblem } from '../../../signatures/rule-set.js';
import { addressVariables, ruleContext } from '../../../signatures/rule-settings.js';
import { readThresholdFile, thresholdsAdder } from '../../../signatures/threshold-config.js';
import { bundle } from '../../detection/bundle.js';
import { evaluate } from '../../detection/evaluate.js';
import { findPlugin, isCode } from '../../detection/find.js';
import { openGuard } from '../../detection/guard.js';
import {
  type DetectionSignature,
  type Detections,
  FIRST_DETECTION,
  type PreparedDetection,
} from '../../detection/prepared.js';
import { allocateSharedTable } from '../../detection/shared-table.js';
import { traceOf } from '../../detection/trace.js';
import type { DetectionDefinition } from '../../detection.js';
import * as api from '../../index.js';
import { fixedSeed } from '../options.js';
import { headerOf } from './detection-header.js';

/** Time limit for a file's top-level code. */
const LOAD_TIMEOUT_MS = 5000;

type AddThresholds = (signature: DetectionSignature) => DetectionSignature;

export interface DetectionProblem {
  readonly file: string;
  readonly message: string;
}

/** Keeps the signature numbers of alerts over reloads. */
export class DetectionLoader {
  private readonly signatures: DetectionSignature[] = [];
  private sources: string[] = [];

  /** @param from folder that paths in the configuration are relative to */
  constructor(private readonly from: string) {}

  /** Files of the detections loaded last, including imports. */
  get files(): readonly string[] {
    return this.sources;
  }

  /** Loads everything that can be loaded; the rest is in `problems`. */
  load(options: LoadOptions): { detections: Detections; problems: DetectionProblem[] } {
    const problems: DetectionProblem[] = [];
    this.sources = [];
    const { rules } = readThresholdFile(options.config, addressVariables(options.config));
    const addThresholds = thresholdsAdder<DetectionSignature>(rules);
    const list: PreparedDetection[] = [];
    for (const name of namesOf(options)) {
      try {
        const prepared = this.prepare(name, options, addThresholds);
        const duplicate = list.find(other => this.signatureOf(other).sid === this.signatureOf(prepared).sid);
        if (duplicate)
          throw new Error(
            `${prepared.file}: sid ${this.signatureOf(prepared).sid} is already used by ${duplicate.file}`,
          );
        list.push(prepared);
      } catch (error) {
        problems.push({ file: name, message: (error as Error).message });
      }
    }
    return { detections: { list, signatures: [...this.signatures] }, problems };
  }

  private signatureOf({ signature }: PreparedDetection): DetectionSignature {
    return this.signatures[signature - FIRST_DETECTION]!;
  }

  private prepare(name: string, options: LoadOptions, addThresholds: AddThresholds): PreparedDetection {
    const file = findPlugin(name, this.from);
    const { code, map, files } = bundle(file);
    this.sources.push(...files);
    const { definition, tables } = evaluated(code, map, file);
    const problems: { errors: RuleProblem[]; warnings: RuleProblem[] } = { errors: [], warnings: [] };
    const context = ruleContext(options.config, options, problems);
    const { pattern, category, priority } = headerOf(definition, file, context);
    const signature = signatureOf(definition, category, priority);
    const allowed = options.config.read(MAY);
    const seed = fixedSeed(options.config);
    return {
      name: definition.name,
      file,
      code,
      map,
      when: pattern,
      may: [...new Set(['alert' as const, ...(definition.may ?? [])])].filter(each => allowed.includes(each)),
      tables: tables.map(plan => ({ ...plan, buffer: allocateSharedTable(plan, seed) })),
      signature: FIRST_DETECTION + this.numberOf(addThresholds(signature)),
    };
  }

  /** An equal signature keeps its number, so that pending alerts at a reload are reported correctly. */
  private numberOf(signature: DetectionSignature): number {
    const text = JSON.stringify(signature);
    const known = this.signatures.findIndex(each => JSON.stringify(each) === text);
    return known >= 0 ? known : this.signatures.push(signature) - 1;
  }
}

/** Names from the configuration and the command line, in order, without duplicates. */
function namesOf(options: LoadOptions): string[] {
  const { config, exclusive } = options;
  const fromRules = ruleFiles(config, options).flatMap(({ files, pattern }) =>
    files.length === 0 && isCode(pattern) ? [pattern] : files.filter(isCode),
  );
  const alone = exclusive !== undefined && exclusive.length > 0;
  return [...new Set([...(alone ? [] : config.read(FILES)), ...fromRules.map(absolute)])];

  function absolute(file: string): string {
    return file.startsWith('/') ? file : `${process.cwd()}/${file}`;
  }
}

function evaluated(code: string, map: string, file: string): ReturnType<typeof evaluate> {
  let result: ReturnType<typeof evaluate> | undefined;
  const work = () => {
    result = evaluate(code, file, api, undefined);
  };
  if (!named(() => openGuard(LOAD_TIMEOUT_MS).run(work), file, map))
    throw new Error(`${file}: loading took more than ${LOAD_TIMEOUT_MS} ms`);
  return result!;
}

/** Errors thrown by the author's code name neither the file nor the position. */
function named<T>(work: () => T, file: string, map: string): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && error.message.startsWith(`${file}: `)) throw error;
    throw new Error(`${file}: ${traceOf(error, file, map)}`);
  }
}

function signatureOf(
  definition: DetectionDefinition,
  category: string,
  priority: number,
): DetectionSignature {
  const { gid = 1, sid, rev = 1, msg, metadata = {}, references = [], name, when = '' } = definition;
  return {
    ...{ action: 'alert', gid, sid, rev, msg, category, priority, metadata, references },
    thresholds: [],
    text: `${when === '' ? '' : `${when} `}detection ${name}`,
  };
}
