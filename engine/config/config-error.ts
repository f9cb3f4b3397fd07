/** Where something stands in the configuration: a file and line, the command line, the environment. */
export interface Place {
  readonly file: string;
  /** From 1; absent outside of files. */
  readonly line?: number;
}

export function placeText(place: Place | undefined): string {
  if (!place) return 'configuration';
  return place.line === undefined ? place.file : `${place.file}:${place.line}`;
}

/** A configuration that cannot be loaded: says the place, the key, and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly place: Place,
    readonly reason: string,
  ) {
    super(`${placeText(place)}: ${reason}`);
  }
}
