/** Maps an error to the author's source files: the code that runs is a bundle of them. */
import { SourceMap, type SourceMapPayload } from 'node:module';

const PLACE = /^\s*at (?:(.*) \()?(.*):(\d+):(\d+)\)?$/;
const MAX_PLACES = 4;

/**
 * @param file name under which the code runs
 * @param map of the code, from `bundle`
 * @returns the error in one line, with the locations in the author's files, innermost first
 */
export function traceOf(error: unknown, file: string, map: string): string {
  const stack = (error as Error | undefined)?.stack;
  const frames = typeof stack === 'string' ? stack.split('\n').map(line => PLACE.exec(line)) : [];
  const own = frames.filter(frame => frame?.[2] === file).slice(0, MAX_PLACES);
  const sources = own.length > 0 ? new SourceMap(JSON.parse(map) as SourceMapPayload) : undefined;
  const places = own.map(frame => placeOf(sources!, file, Number(frame![3]), Number(frame![4])));
  return [textOf(error), ...places].join(', at ');
}

function placeOf(sources: SourceMap, file: string, line: number, column: number): string {
  const found = sources.findEntry(line - 1, column - 1);
  if (!('originalSource' in found)) return `${file}:${line}:${column}`;
  return `/${found.originalSource}:${found.originalLine + 1}:${found.originalColumn + 1}`;
}

/** Any value may be thrown, and may itself throw when converted to text. */
export function textOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'a value that cannot be shown as text';
  }
}
