/** Options that concern the program as a whole. */

import { boolean, choice, integer, option, text, tree } from '../config/option.js';
import { logFolder } from '../config/output-list.js';

export const LOG_FOLDER = logFolder;
export const DATA_FOLDER = option(
  'default-data-dir',
  text,
  '/var/lib/suricata',
  'folder of state that is kept',
);
export const RUN_MODE = option(
  'runmode',
  text,
  'auto',
  'profile: single, workers, autofp, pipeline, oisf2009, one of your own, or auto',
);
export const PROFILES = option(
  'profiles',
  tree,
  {},
  'profiles of your own: threads, their modules, the queues between them',
);
export const INIT_ERRORS_FATAL = option(
  'engine.init-failure-fatal',
  boolean,
  false,
  'do not start when a rule or setting is wrong',
);
export const USER = option('run-as.user', text, '', 'user to become after the start');
export const GROUP = option('run-as.group', text, '', 'group to become after the start');
export const PID_FILE = option('pid-file', text, '', 'file for the process id');
export const SOURCE_THREADS = option(
  'threading.threads',
  integer(0, 256),
  0,
  'threads of groups with count auto; 0 follows the cores',
);
export const PATTERN_MATCHER = option(
  'mpm-algo',
  choice('auto', 'hs', 'ac', 'ac-ks', 'ac-bs', 'qgram'),
  'auto',
  'how patterns are searched: hs is Hyperscan, qgram the matcher in TypeScript, which also stands for ac',
);
export const NO_RANDOM = option('simulate.no-random', boolean, false, 'same random numbers in each run');

export const RESTARTS = option(
  'threading.restarts',
  integer(0, 10_000),
  10,
  'how often within a minute threads that failed are started anew, with live traffic; then the program ends',
);

export const CLI_OPTIONS = [
  RESTARTS,
  LOG_FOLDER,
  DATA_FOLDER,
  RUN_MODE,
  PROFILES,
  INIT_ERRORS_FATAL,
  USER,
  GROUP,
  PID_FILE,
  SOURCE_THREADS,
  PATTERN_MATCHER,
  NO_RANDOM,
];
