/** Options that concern the program as a whole. */

import type { Config } from '../config/config.js';
import { boolean, choice, integer, option, text, tree } from '../config/option.js';
import { logFolder } from '../config/output-list.js';

export const LOG_FOLDER = logFolder;
export const DATA_FOLDER = option(
  'default-data-dir',
  text,
  '/var/lib/suricata',
  'folder for persistent state',
);
export const RUN_MODE = option(
  'runmode',
  text,
  'auto',
  'profile: single, workers, autofp, pipeline, oisf2009, a custom one, or auto',
);
export const PROFILES = option(
  'profiles',
  tree,
  {},
  'custom profiles: threads, their modules, the queues between them',
);
export const INIT_ERRORS_FATAL = option(
  'engine.init-failure-fatal',
  boolean,
  false,
  'do not start if a rule or setting is invalid',
);
export const USER = option('run-as.user', text, '', 'user to run as after startup');
export const GROUP = option('run-as.group', text, '', 'group to run as after startup');
export const PID_FILE = option('pid-file', text, '', 'file for the process id');
export const SOURCE_THREADS = option(
  'threading.threads',
  integer(0, 256),
  0,
  'threads of groups with count auto; 0: by number of cores',
);
export const PATTERN_MATCHER = option(
  'mpm-algo',
  choice('auto', 'hs', 'ac', 'ac-ks', 'ac-bs', 'qgram'),
  'auto',
  'pattern matcher: hs is Hyperscan, qgram (also used for ac) the matcher in TypeScript',
);
export const NO_RANDOM = option(
  'simulate.no-random',
  boolean,
  false,
  'use the same random numbers in each run',
);

/** Seed of the random numbers of a run; undefined if each run has another one. */
export const fixedSeed = (config: Config): number | undefined => (config.read(NO_RANDOM) ? 1 : undefined);

export const RESTARTS = option(
  'threading.restarts',
  integer(0, 10_000),
  10,
  'restarts of failed threads per minute, with live traffic; after that the program exits',
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
