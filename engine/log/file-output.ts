/** The engine's own log in a file (`logging.outputs.file`). If the disk is full, only lines are lost. */
import { resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { LogFile } from '../log-file.js';
import { jsonLine } from './json-line.js';
import { type LevelName, outputLevel } from './level.js';
import * as options from './options.js';
import type { Output } from './output.js';
import { FILE_FORMAT, type TextFormat, textLine } from './text-line.js';

/** Each line is written immediately; this applies to lines that cannot be written for a while. */
const SETTINGS = {
  ...{ append: true, mode: 0o644, rotateInterval: 0, rotateSize: Number.POSITIVE_INFINITY },
  bufferSize: 64 << 10,
};

/**
 * @param folder for a file without a path
 * @param level of the log in general
 * @param more additional verbosity from the command line
 * @param tell receives errors of the file, which the log itself cannot report
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
    changeOwner: (uid, gid) => file.changeOwner(uid, gid),
    close: () => file.close(),
  };
}
