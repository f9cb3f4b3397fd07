/** Writes each side to a file of its own, and one line for each to `index.jsonl`. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../make-folder.js';
import { bytesOf, type Side } from './side.js';

export class SideFolder {
  private count = 0;

  /** @throws file system Error when the folder cannot be created or written */
  constructor(private readonly folder: string) {
    makeFolder(folder);
    writeFileSync(join(folder, INDEX), '');
  }

  /** Sides without data appear only in the index. */
  write(side: Side): void {
    const { data: _, ...facts } = side;
    const bytes = bytesOf(side);
    const file = bytes.length > 0 ? this.fileName(side) : undefined;
    if (file !== undefined) writeFileSync(join(this.folder, file), bytes);
    const overlaps = side.overlaps.map(({ offset }) => ({ offset }));
    appendFileSync(
      join(this.folder, INDEX),
      `${JSON.stringify({ file, bytes: bytes.length, ...facts, overlaps })}\n`,
    );
  }

  private fileName({ proto, src, sport, dst, dport }: Side): string {
    const number = String(++this.count).padStart(6, '0');
    const parts = [number, proto, src, sport, dst, dport].filter(part => part !== undefined);
    return `${parts.join('-').replaceAll(':', '_').replaceAll('/', '_')}.bin`;
  }
}

const INDEX = 'index.jsonl';
