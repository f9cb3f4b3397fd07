/** Names of capture files: `%n` thread, `%i` its id, `%t` the time of the first packet, and the fields of strftime. */
import { strftime } from '../../engine/log-file/strftime.js';

export interface NamingSettings {
  readonly filename: string;
  /** Each thread has files of its own. */
  readonly multi: boolean;
  /** The time is `seconds.microseconds`; else `seconds`. */
  readonly microseconds: boolean;
  /** What the names end with: `.lz4`. */
  readonly suffix?: string;
}

/** Thread whose files they are, from 1, and its id in the process. */
export interface NamedThread {
  readonly number: number;
  readonly id: number;
}

/** Names of the files of one writer. */
export class FileNames {
  private readonly template: string;
  private readonly microseconds: boolean;
  private readonly suffix: string;

  constructor(
    { filename, multi, microseconds, suffix = '' }: NamingSettings,
    { number, id }: NamedThread = { number: 1, id: 0 },
  ) {
    // Threads would write into each other's files without a number.
    const ownFile = !multi || /%[ni]/.test(filename) ? filename : `${filename}.%n`;
    const timed = /%[ts]/.test(ownFile) ? ownFile : `${ownFile}.%t`;
    this.template = timed.replaceAll('%n', String(number)).replaceAll('%i', String(id));
    this.microseconds = microseconds;
    this.suffix = suffix;
  }

  /** @param copy number of a file whose name was taken, from 1: what a name ends with tells tools what is in the file */
  at(seconds: number, nanoseconds: number, copy = 0): string {
    const fraction = String(Math.floor(nanoseconds / 1000)).padStart(6, '0');
    const time = this.microseconds ? `${seconds}.${fraction}` : String(seconds);
    const name = strftime(this.template.replaceAll('%t', time), new Date(seconds * 1000));
    return `${name}${copy === 0 ? '' : `.${copy}`}${this.suffix}`;
  }

  /** Whether a name without its folder may be one of these. */
  isOne(name: string): boolean {
    const pattern = literally(this.template.slice(this.template.lastIndexOf('/') + 1))
      .replaceAll('%t', this.microseconds ? '\\d+\\.\\d{6}' : '\\d+')
      .replace(/%[A-Za-z]/g, '\\d+');
    return new RegExp(`^${pattern}(\\.\\d+)?${literally(this.suffix)}$`).test(name);
  }

  /** Order of two of these names: by their times, and by their numbers within one. */
  compare(a: string, b: string): number {
    return this.stem(a).localeCompare(this.stem(b), 'en', { numeric: true });
  }

  private stem(name: string): string {
    return name.slice(0, name.length - this.suffix.length);
  }
}

/** A text as a pattern of itself. */
function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
