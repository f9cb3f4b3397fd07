/** DNP3 messages, for tests. */
import { checksum } from '../../../modules/app/dnp3/link.js';

export const withChecksum = (bytes: readonly number[]): number[] => {
  const value = checksum(Uint8Array.from(bytes));
  return [...bytes, value & 255, value >> 8];
};

/** A frame of user data. @param transport its transport header */
export function frame(
  toServer: boolean,
  transport: number,
  data: readonly number[],
  destination = 4,
): Buffer {
  const user = [transport, ...data];
  const header = [0x05, 0x64, user.length + 5, toServer ? 0xc4 : 0x44, destination, 0, 3, 0];
  const blocks: number[] = [];
  for (let at = 0; at < user.length; at += 16) blocks.push(...withChecksum(user.slice(at, at + 16)));
  return Buffer.from([...withChecksum(header), ...blocks]);
}
export const WHOLE = 0xc0;
export const SELECT = [0xc7, 3, 12, 1, 0x28, 1, 0, 9, 0, 0x03, 1, 100, 0, 0, 0, 200, 0, 0, 0, 0];
export const RESPONSE = [0xc7, 129, 0x90, 0x02, 1, 1, 0, 3, 5, 0b101, 30, 5, 0x17, 1, 7, 1, 0, 0, 0x80, 0x3f];
export const READ = [0xc1, 1, 60, 2, 6, 1, 0, 0, 3, 9];
