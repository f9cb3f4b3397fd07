/** Small NFS calls and replies. */
import { type Bytes, bytes, concat, u32 } from '../../packets/bytes.js';

export const opaque = (data: Bytes): Uint8Array => {
  const content = bytes(data);
  return concat(u32(content.length), content, new Uint8Array(-content.length & 3));
};

export const HANDLE = new Uint8Array(32).fill(7);
const CREDENTIALS = opaque(concat(u32(0), opaque('host'), u32(1000), u32(100), u32(0)));

/** A call, with Unix credentials. */
export const call = (xid: number, version: number, procedure: number, ...content: Uint8Array[]): Uint8Array =>
  concat(
    u32(xid),
    u32(0),
    u32(2),
    u32(100003),
    u32(version),
    u32(procedure),
    u32(1),
    CREDENTIALS,
    u32(0),
    u32(0),
    ...content,
  );

/** An accepted reply. */
export const reply = (xid: number, ...content: Uint8Array[]): Uint8Array =>
  concat(u32(xid), u32(1), u32(0), u32(0), u32(0), u32(0), ...content);

/** As on TCP, each in one fragment. */
export const framed = (...messages: Uint8Array[]): Uint8Array =>
  concat(...messages.map(message => concat(u32(0x80000000 + message.length), message)));

const u64 = (value: number): Uint8Array => concat(u32(0), u32(value));

export const lookup3 = (xid: number, name: string): Uint8Array =>
  call(xid, 3, 3, opaque('root'), opaque(name));
export const found3 = (xid: number): Uint8Array => reply(xid, u32(0), opaque(HANDLE));
export const write3 = (xid: number, offset: number, data: string): Uint8Array =>
  call(xid, 3, 7, opaque(HANDLE), u64(offset), u32(data.length), u32(0), opaque(data));
export const commit3 = (xid: number): Uint8Array => call(xid, 3, 21, opaque(HANDLE), u64(0), u32(0));
export const read3 = (xid: number, offset: number): Uint8Array =>
  call(xid, 3, 6, opaque(HANDLE), u64(offset), u32(4096));
export const content3 = (xid: number, data: string, isEnd: boolean): Uint8Array =>
  reply(xid, u32(0), u32(0), u32(data.length), u32(isEnd ? 1 : 0), opaque(data));
export const rename2 = (xid: number): Uint8Array =>
  call(xid, 2, 11, HANDLE, opaque('a'), HANDLE, opaque('b'));
export const read2 = (xid: number, offset: number): Uint8Array =>
  call(xid, 2, 6, HANDLE, u32(offset), u32(4096), u32(4096));
/** With the attributes of a file of this size. */
export const content2 = (xid: number, size: number, data: string): Uint8Array =>
  reply(xid, u32(0), new Uint8Array(20), u32(size), new Uint8Array(44), opaque(data));
/** PUTFH and WRITE. */
export const write4 = (xid: number, data: string): Uint8Array =>
  call(
    xid,
    4,
    1,
    u32(0),
    u32(1),
    u32(2),
    u32(22),
    opaque(HANDLE),
    u32(38),
    new Uint8Array(16),
    u64(0),
    u32(0),
    opaque(data),
  );
/** Writes pieces to a file that was opened with another handle: PUTFH and WRITE for each, and CLOSE. */
export const writes4 = (xid: number, pieces: readonly string[]): Uint8Array => {
  let offset = 0;
  const operations = pieces.flatMap(piece => {
    const write = [u32(38), new Uint8Array(16), u64(offset), u32(0), opaque(piece)];
    offset += piece.length;
    return [u32(22), opaque(HANDLE), ...write];
  });
  const close = [u32(4), u32(0), new Uint8Array(16)];
  return call(xid, 4, 1, u32(0), u32(1), u32(2 * pieces.length + 1), ...operations, ...close);
};
/** PUTFH of a folder, OPEN of a file in it and WRITE. */
export const openAndWrite4 = (xid: number, name: string, data: string): Uint8Array =>
  call(
    xid,
    4,
    1,
    u32(0),
    u32(1),
    u32(3),
    u32(22),
    opaque(HANDLE),
    u32(18),
    new Uint8Array(20),
    opaque('owner'),
    u32(0),
    u32(0),
    opaque(name),
    u32(38),
    new Uint8Array(16),
    u64(0),
    u32(0),
    opaque(data),
  );
/** PUTFH and CREATE of a folder, without attributes. */
export const create4 = (xid: number, name: string): Uint8Array =>
  call(
    xid,
    4,
    1,
    u32(0),
    u32(0),
    u32(2),
    u32(22),
    opaque(HANDLE),
    u32(6),
    u32(2),
    opaque(name),
    u32(0),
    u32(0),
  );
