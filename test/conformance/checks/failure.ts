/** A failed check; the message is one line. */
export class CheckFailure extends Error {}
