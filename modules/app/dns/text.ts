/** Bytes of messages as text for records. */
export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
