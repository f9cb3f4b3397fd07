/** Modbus messages, for tests. */

/** @param body function code and its data */
export function message(transaction: number, body: readonly number[], unit = 1, protocol = 0): Buffer {
  const length = body.length + 1;
  return Buffer.from([
    transaction >> 8,
    transaction & 255,
    0,
    protocol,
    length >> 8,
    length & 255,
    unit,
    ...body,
  ]);
}

export const READ_REGISTERS = [3, 0, 9, 0, 2];
export const REGISTERS = [3, 4, 0, 1, 0, 2];
export const WRITE_COIL = [5, 0, 4, 0xff, 0];
export const WRITE_REGISTERS = [16, 0, 19, 0, 2, 4, 0, 7, 1, 0];
export const WRITTEN = [16, 0, 19, 0, 2];
export const DIAGNOSTIC = [8, 0, 4, 0, 0];
