/** The engine's own log in a file (`logging.outputs.file`). A disk that is full loses lines of it, and nothing else. */
import { resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { LogFile } from '../log-file.js';
import { jsonLine } from './json-line.js';
import { type LevelName, outputLevel } from './level.js';
import * as options from './options.js';
import type { Output } from './output.js';
import { FILE_FORMAT, type TextFormat, textLine } from './text-line.js';

/** Each line goes to the file at once; this is for those that it does not take for a while. */
const SETTINGS = {
  ...{ append: true, mode: 0o644, rotateInterval: 0, rotateSize: Number.POSITIVE_INFINITY },
  bufferSize: 64 << 10,
};

/**
 * @param folder of a file without a path
 * @param level of the log in general
 * @param more the command line asks for more than is configured
 * @param tell takes what is wrong with the file: the log itself cannot say it
 */
export function fileOutput(
  config: Config,
  folder: string,
  level: LevelName,
  more: boolean,
  tell: (message: string) => void,
): Output {
  const path = resolve(folder, config.read(options.FILE_NAME));
  const json = config.read(options.FILE_TYPE) === 'json';
  const text: TextFormat = { format: config.read(options.FILE_FORMAT) || FILE_FORMAT, color: false };
  const file = new LogFile(path, SETTINGS, undefined, message => tell(`logging: ${message}`));
  return {
    level: outputLevel(config.read(options.FILE_LEVEL), level, more),
    write(record) {
      const entry = JSON.parse(record);
      file.write(Buffer.from(json ? jsonLine(entry) : textLine(entry, text)));
      file.flush();
    },
    reopen: () => file.rotate(),
    giveTo: (uid, gid) => file.giveTo(uid, gid),
    close: () => file.close(),
  };
}
