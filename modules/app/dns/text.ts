/** Bytes of messages as text of records. */
export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
