/** suricata.log, suricata.config and suricata.util: access to the engine. */
import type { LuaFunction } from '../../../engine/lua.js';
import type { Log } from '../../../engine/module.js';
import { hostOf, type LibraryMaker } from '../context.js';

/** Log levels of Suricata, and the corresponding ones here. */
const LEVELS: readonly (readonly [name: string, level: keyof Log])[] = [
  ['error', 'error'],
  ['warning', 'warning'],
  ['notice', 'notice'],
  ['info', 'info'],
  ['perf', 'info'],
  ['config', 'debug'],
  ['debug', 'debug'],
];

/** Lines go to the thread's log; while rules are loaded there is none. */
export const logLibrary: LibraryMaker = context => {
  const line =
    (level: keyof Log): LuaFunction =>
    text => {
      context.host?.log[level](`lua: ${Buffer.from(String(text), 'latin1').toString()}`);
      return [];
    };
  return {
    name: 'suricata.log',
    functions: Object.fromEntries(LEVELS.map(([name, level]) => [name, line(level)])),
    source: 'return ...',
  };
};

export const configLibrary: LibraryMaker = context => ({
  name: 'suricata.config',
  functions: { log_path: () => [Buffer.from(logPath(hostOf(context).logFolder)).toString('latin1')] },
  source: 'return ...',
});

/** Without trailing slashes: scripts append `/NAME` to it. */
const logPath = (folder: string): string => folder.replace(/(?<=.)\/+$/, '');

export const utilLibrary: LibraryMaker = context => ({
  name: 'suricata.util',
  functions: {
    thread_info: () => {
      const { threadName, threadNumber } = hostOf(context);
      const [group = threadName] = threadName.split('#');
      return [{ id: threadNumber, name: threadName, group_name: group }];
    },
  },
  source: 'return ...',
});
