/** Records of the engine's log as JSON, in the shape of an EVE record of type `engine`. */
import type { Entry } from './entry.js';
import { levelTitle } from './level.js';
import { splitMessage } from './message.js';
import { eveTime } from './time.js';

export function jsonLine(entry: Entry): string {
  const { module, message } = splitMessage(entry.msg);
  const record = {
    timestamp: eveTime(entry.time),
    log_level: levelTitle(entry.level),
    event_type: 'engine',
    engine: module === undefined ? { message } : { message, module },
  };
  return `${JSON.stringify(record)}\n`;
}
