/** How the functions of a detection speak with the engine. */

/** What a detection asks for: yielded to go on afterwards, returned to be done with the flow. */
export interface Answer {
  readonly kind: 'alert' | 'drop' | 'reject' | 'bypass' | 'stop';
  /** What is special about this occurrence: told in the record beside the detection's own `msg`. */
  readonly message?: string;
  /** Of `stop`: the side of which no more is read. */
  readonly side?: 'client' | 'server';
}

/** What the functions of a detection give back: an answer, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: functions that end without `return` are meant
export type Said = Answer | undefined | void;

/** What a routine of a detection is: it yields answers, and `undefined` while it waits. */
export type Routine = Generator<Answer | undefined, Said, undefined>;
