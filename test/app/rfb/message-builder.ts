/** RFB messages, for tests. */
export const text = (value: string): Buffer => Buffer.from(value, 'latin1');
export const CHALLENGE = text('0123456789abcdef');
export const RESPONSE = text('fedcba9876543210');
export const FORMAT = [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0];
export const SERVER_INIT = Buffer.concat([
  Buffer.from([5, 0, 3, 32, ...FORMAT, 0, 0, 0, 4]),
  text('me\xa0x'),
]);
export const VERSION = (minor: number) => text(`RFB 003.00${minor}\n`);
export const result = (value: number) => Buffer.from([0, 0, 0, value]);

export const version8 = (end: readonly Buffer[]) => [VERSION(8), VERSION(8), Buffer.from([2, 1, 2]), ...end];
export const VNC = [Buffer.from([2]), CHALLENGE, RESPONSE];
export const WHOLE = version8([...VNC, result(0), Buffer.from([1]), SERVER_INIT]);
