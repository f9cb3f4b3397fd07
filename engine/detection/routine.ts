/** How the functions of a detection communicate with the engine. */

/** What a detection requests: yielded to continue afterwards, returned to finish with the flow. */
export interface DetectionAction {
  readonly kind: 'alert' | 'drop' | 'reject' | 'bypass' | 'stop';
  /** Details of this occurrence: logged in the record in addition to the detection's own `msg`. */
  readonly message?: string;
  /** For `stop`: the side that is no longer read. */
  readonly side?: 'client' | 'server';
}

/** What the functions of a detection return: an answer, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: functions that end without `return` are meant
export type DetectionResult = DetectionAction | undefined | void;

/** A routine of a detection: it yields answers, and `undefined` while it waits. */
export type Routine = Generator<DetectionAction | undefined, DetectionResult, undefined>;
