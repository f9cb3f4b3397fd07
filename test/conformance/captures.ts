/** The captures below a folder. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** So many of them from all over the folder: they are of many kinds. */
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
