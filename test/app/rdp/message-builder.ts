/** RDP messages, for tests. */
export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
export function tpkt(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([3, 0, (content.length + 4) >> 8, (content.length + 4) & 255]), content]);
}
export const connection = (code: number, ...parts: Buffer[]) => {
  const rest = Buffer.concat(parts);
  return tpkt(Buffer.concat([Buffer.from([6 + rest.length, code, 0, 0, 0, 0, 0]), rest]));
};
export const negotiation = (type: number, flags: number, value: number) =>
  Buffer.from([type, flags, 8, 0, value, 0, 0, 0]);
export const mcs = (kind: number, content: Buffer) =>
  tpkt(Buffer.concat([Buffer.from([2, 0xf0, 0x80, 0x7f, kind]), content]));

export const block = (type: number, content: Buffer) => {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(type);
  header.writeUInt16LE(content.length + 4, 2);
  return Buffer.concat([header, content]);
};
export const core = Buffer.alloc(206);
core.writeUInt32LE(0x80004);
core.writeUInt16LE(800, 4);
core.writeUInt16LE(600, 6);
core.writeUInt32LE(1031, 12);
core.writeUInt32LE(2600, 16);
core.write('BOX', 20, 'utf16le');
core.writeUInt32LE(4, 52);
core.writeUInt32LE(12, 60);
core.writeUInt16LE(1, 130);
core.writeUInt16LE(15, 136);
core.writeUInt16LE(3, 140);
core.write('id-1', 142, 'utf16le');
export const channels = Buffer.concat([Buffer.from([1, 0, 0, 0]), latin1('rdpsnd\0\0'), Buffer.alloc(4)]);
export const blocks = Buffer.concat([block(0xc001, core), block(0xc003, channels)]);
export const CONNECT = mcs(0x65, Buffer.concat([latin1('xxDuca\x81\x00'), blocks]));
export const REQUEST = connection(0xe0, latin1('Cookie: mstshash=me\r\n'), negotiation(1, 1, 3));

export function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}
export const length3 = (content: Buffer) => Buffer.concat([Buffer.from([0, 0, content.length]), content]);
export const certificate = der(
  0x30,
  der(0x30, der(0xa0, der(2, Buffer.from([2]))), der(2, Buffer.from([0, 0xab, 0xcd]))),
);
export const message = (type: number, content: Buffer) =>
  Buffer.concat([Buffer.from([type]), length3(content)]);
export const record = (content: Buffer) =>
  Buffer.concat([Buffer.from([22, 3, 3, 0, content.length]), content]);
export const HANDSHAKE = Buffer.concat([
  record(message(2, Buffer.alloc(20))),
  record(message(11, length3(length3(certificate)))),
]);
