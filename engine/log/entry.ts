/** What pino makes of a message. */
export interface Entry {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
}
