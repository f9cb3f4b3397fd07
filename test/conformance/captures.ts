/** The captures in a folder and the folders below it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** This many captures, spread over the folder, so that they are of many kinds. */
export function spread(captures: readonly string[], count: number): string[] {
  const step = Math.max(1, Math.floor(captures.length / count));
  return captures.filter((_, i) => i % step === 0).slice(0, count);
}

export function capturesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(pcap|pcapng|cap)$/.test(name))
    .sort()
    .map(name => join(folder, name));
}
