/** The captures below a folder. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export function capturesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(pcap|pcapng|cap)$/.test(name))
    .sort()
    .map(name => join(folder, name));
}
