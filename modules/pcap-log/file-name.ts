/** Names of capture files: `%n` thread, `%i` its id, `%t` the time of the first packet, and the fields of strftime. */
import { strftime } from '../../engine/log-file/strftime.js';

export interface NamingSettings {
  readonly filename: string;
  /** Each thread writes its own files. */
  readonly multi: boolean;
  /** The time is `seconds.microseconds`; else `seconds`. */
  readonly microseconds: boolean;
  /** File name extension: `.lz4`. */
  readonly suffix?: string;
}

/** Thread that the files belong to, from 1, and its id in the process. */
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
    // Without a number threads would write to each other's files.
    const ownFile = !multi || /%[ni]/.test(filename) ? filename : `${filename}.%n`;
    const timed = /%[ts]/.test(ownFile) ? ownFile : `${ownFile}.%t`;
    this.template = timed.replaceAll('%n', String(number)).replaceAll('%i', String(id));
    this.microseconds = microseconds;
    this.suffix = suffix;
  }

  /** @param copy number of a file whose name was taken, from 1; inserted before the extension, which tools rely on */
  at(seconds: number, nanoseconds: number, copy = 0): string {
    const fraction = String(Math.floor(nanoseconds / 1000)).padStart(6, '0');
    const time = this.microseconds ? `${seconds}.${fraction}` : String(seconds);
    const name = strftime(this.template.replaceAll('%t', time), new Date(seconds * 1000));
    return `${name}${copy === 0 ? '' : `.${copy}`}${this.suffix}`;
  }

  /** Whether a name without its folder may belong to this writer. */
  isOne(name: string): boolean {
    const pattern = literally(this.template.slice(this.template.lastIndexOf('/') + 1))
      .replaceAll('%t', this.microseconds ? '\\d+\\.\\d{6}' : '\\d+')
      .replace(/%[A-Za-z]/g, '\\d+');
    return new RegExp(`^${pattern}(\\.\\d+)?${literally(this.suffix)}$`).test(name);
  }

  /** Compares two of these names: by time, then by number. */
  compare(a: string, b: string): number {
    return this.stem(a).localeCompare(this.stem(b), 'en', { numeric: true });
  }

  private stem(name: string): string {
    return name.slice(0, name.length - this.suffix.length);
  }
}

/** Escapes a text for use in a pattern. */
function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
