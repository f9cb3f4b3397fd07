/** A message as serialized by pino. */
export interface Entry {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
}
