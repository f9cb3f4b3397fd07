/** Location of a setting: a file and line, the command line, the environment. */
export interface SourceLocation {
  readonly file: string;
  /** From 1; absent if not in a file. */
  readonly line?: number;
}

export function locationText(location: SourceLocation | undefined): string {
  if (!location) return 'configuration';
  return location.line === undefined ? location.file : `${location.file}:${location.line}`;
}

/** A configuration that cannot be loaded: names the location, the key, and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly location: SourceLocation,
    readonly reason: string,
  ) {
    super(`${locationText(location)}: ${reason}`);
  }
}
