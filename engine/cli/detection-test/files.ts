/** Selects the files that `sluice test` runs: detections, segment tables and captures. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isCode } from '../../detection/find.js';
import { UsageError } from '../usage-error.js';

export interface Files {
  readonly detections: readonly string[];
  readonly tables: readonly string[];
  readonly captures: readonly string[];
  /** Detections that were named explicitly run on everything. */
  readonly named: boolean;
}

const TABLE = /\.segments$/;
const CAPTURE = /\.(pcap|pcapng|cap)$/;
const NO_DETECTION = /\.(test|spec|d)\.m?[jt]s$/;

export function filesOf(paths: readonly string[]): Files {
  const files = paths.flatMap(path => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) throw new UsageError(`no such file: ${path}`);
    return found.isDirectory() ? filesIn(path) : [path];
  });
  const isFolder = (path: string) => statSync(path).isDirectory();
  return {
    detections: files.filter(file => isCode(file) && !NO_DETECTION.test(file)),
    tables: files.filter(file => TABLE.test(file)),
    captures: files.filter(file => CAPTURE.test(file)),
    named: !paths.some(isFolder),
  };
}

/** Tables and captures, and the detections that belong to one. */
function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => !/(^|\/)(node_modules|\.)/.test(name))
    .sort();
  const data = names.filter(name => TABLE.test(name) || CAPTURE.test(name));
  const stems = new Set(data.map(stem));
  const code = names.filter(name => isCode(name) && !NO_DETECTION.test(name) && stems.has(stem(name)));
  return [...code, ...data].map(name => join(folder, name));
}

/** A path without its extension. */
export function stem(path: string): string {
  return path.replace(/\.[^./]+$/, '');
}
