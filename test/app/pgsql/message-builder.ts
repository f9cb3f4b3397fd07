/** PostgreSQL messages, for tests. */
export const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A message of a type; the first ones of a connection have none. */
export function message(type: string, content: string | Buffer): Buffer {
  const body = typeof content === 'string' ? bytes(content) : content;
  return Buffer.concat([bytes(type), number(body.length + 4), body]);
}
export const startup = (code: number, content = '') =>
  message('', Buffer.concat([number(code), bytes(content)]));

export const SSL_REQUEST = startup(80877103);
export const STARTUP = startup(0x30000, 'user\0me\0database\0db\0DateStyle\0ISO\0\0');
export const MD5 = message('R', Buffer.concat([number(5), bytes('abcd')]));
export const READY = message('Z', 'I');
export const WELCOME = Buffer.concat([
  message('R', number(0)),
  message('S', 'TimeZone\0UTC\0'),
  message('K', Buffer.concat([number(7), number(9)])),
  READY,
]);
export const row = (value: string) =>
  message('D', Buffer.concat([bytes('\0\x01'), number(value.length), bytes(value)]));
