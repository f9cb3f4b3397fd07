/** Location of a setting: a file and line, the command line, the environment. */
export interface Place {
  readonly file: string;
  /** From 1; absent if not in a file. */
  readonly line?: number;
}

export function placeText(place: Place | undefined): string {
  if (!place) return 'configuration';
  return place.line === undefined ? place.file : `${place.file}:${place.line}`;
}

/** A configuration that cannot be loaded: names the location, the key, and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly place: Place,
    readonly reason: string,
  ) {
    super(`${placeText(place)}: ${reason}`);
  }
}
