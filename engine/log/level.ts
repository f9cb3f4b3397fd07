/** Levels of the engine's log, most severe first, with the names used in configurations. */
export const LEVELS = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'perf',
  'config',
  'debug',
] as const;
export type LevelName = (typeof LEVELS)[number];

/** Their numbers in pino records. */
export const PINO_LEVELS: Readonly<Record<LevelName, number>> = {
  emergency: 90,
  alert: 80,
  critical: 70,
  error: 60,
  warning: 50,
  notice: 40,
  info: 30,
  perf: 25,
  config: 20,
  debug: 10,
};

/** The more verbose of two levels. */
export function lowerLevel(a: LevelName, b: LevelName): LevelName {
  return PINO_LEVELS[a] < PINO_LEVELS[b] ? a : b;
}

/**
 * Level of one output.
 * @param own its own configured level, empty for the general one
 * @param general level of all outputs
 * @param more additional verbosity from the command line
 */
export function outputLevel(own: LevelName | '', general: LevelName, more: boolean): LevelName {
  if (own === '') return general;
  return more ? lowerLevel(own, general) : own;
}

/** `Notice`, `Warning` …, as shown in lines. */
export function levelTitle(number: number): string {
  const name = LEVELS.find(level => PINO_LEVELS[level] === number) ?? 'info';
  return name[0]!.toUpperCase() + name.slice(1);
}
