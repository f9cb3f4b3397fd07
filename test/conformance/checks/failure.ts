/** A check that found something else than it expects; the message says what, in one line. */
export class CheckFailure extends Error {}
