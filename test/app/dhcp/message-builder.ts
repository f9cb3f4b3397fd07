/** DHCP messages, for tests. */
/** @param options codes with their data, without the end option */
export function message(
  kind: number,
  options: readonly (readonly [number, ...number[]])[],
  end = true,
): Buffer {
  const header = Buffer.alloc(240);
  header.set([kind, 1, 6, 0, 0x12, 0x34, 0x56, 0x78]);
  header.set([192, 0, 2, 9], 16);
  header.set([192, 0, 2, 1], 24);
  header.set([2, 0, 0, 0, 0, 7], 28);
  header.set([0x63, 0x82, 0x53, 0x63], 236);
  const list = options.map(([code, ...data]) => Buffer.from([code, data.length, ...data]));
  return Buffer.concat([header, ...list, Buffer.from(end ? [0, 255] : [0])]);
}
export const text = (value: string): number[] => [...Buffer.from(value)];

export const ACK = message(2, [
  [53, 5],
  [1, 255, 255, 255, 0],
  [3, 192, 0, 2, 1],
  [6, 192, 0, 2, 2, 192, 0, 2, 3],
  [51, 0, 1, 0, 0],
  [58, 0, 0, 0x80, 0],
  [59, 0, 0, 0xc0, 0],
]);
export const DISCOVER = message(1, [
  [53, 1],
  [61, 1, 2, 0, 0, 0, 0, 7],
  [12, ...text('host')],
  [50, 192, 0, 2, 5],
  [60, ...text('vendor')],
  [55, 1, 3, 6, 200],
]);
