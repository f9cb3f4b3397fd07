/** Records of a JSON lines file, read once for all checks of a test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckFailure } from './failure.js';

export class Records {
  private readonly read = new Map<string, readonly unknown[]>();

  constructor(private readonly output: string) {}

  /** @throws CheckFailure if the file is missing or is not JSON */
  of(filename: string): readonly unknown[] {
    let records = this.read.get(filename);
    if (!records) {
      records = parseFile(this.output, filename);
      this.read.set(filename, records);
    }
    return records;
  }
}

function parseFile(output: string, filename: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(join(output, filename), 'utf8');
  } catch {
    throw new CheckFailure(`${filename} does not exist`);
  }
  return text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [parseLine(line, filename, index + 1)]));
}

function parseLine(line: string, filename: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new CheckFailure(`${filename} line ${number} is not JSON: ${(error as Error).message}`);
  }
}
