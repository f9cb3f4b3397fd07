/** Whether and where a run is controlled through a socket. */
import { isAbsolute, join } from 'node:path';
import type { Config } from '../config/config.js';
import { choice, type OptionType, option, text } from '../config/option.js';
import type { Handlers } from './control-socket.js';
import { textArgument } from './control-socket.js';

/** Folder for sockets with relative names. */
const FOLDER = '/var/run/suricata';

const permissions: OptionType<number> = {
  expected: 'permissions in octal such as 660',
  parse: value => (/^0?[0-7]{3}$/.test(String(value)) ? Number.parseInt(String(value), 8) : undefined),
};
const enabled = option(
  'unix-command.enabled',
  choice('no', 'yes', 'auto'),
  'no',
  'accept commands on a socket; auto: with live traffic',
);
const filename = option('unix-command.filename', text, 'suricata-command.socket', 'path of the socket');
const socketPermissions = option('unix-command.socket-perms', permissions, 0o660, 'file mode of the socket');

export const controlOptions = [enabled, filename, socketPermissions];

/** @param live packets come from devices @param named `--unix-socket`: empty for the default path */
export function controlSettings(
  config: Config,
  live: boolean,
  named?: string,
): { readonly path: string; readonly permissions: number } | undefined {
  const wanted = config.read(enabled);
  if (named === undefined && (wanted === 'no' || (wanted === 'auto' && !live))) return undefined;
  const path = named || config.read(filename);
  return {
    path: isAbsolute(path) || named ? path : join(FOLDER, path),
    permissions: config.read(socketPermissions),
  };
}

/** Commands available in every run. @param version reported unchanged @param mode answer to `running-mode` */
export function commonCommands(config: Config, version: string, mode: string, capture: string): Handlers {
  const started = Date.now();
  return {
    version: () => version,
    uptime: () => Math.floor((Date.now() - started) / 1000),
    'running-mode': () => mode,
    'capture-mode': () => capture,
    'conf-get': given => {
      const name = textArgument(given, 'variable');
      const value = config.at(name);
      if (value === undefined || value === null) throw new Error('Unable to get value');
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    },
  };
}
