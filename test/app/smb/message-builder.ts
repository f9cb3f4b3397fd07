/** Builds SMB2 and SMB1 messages in NetBIOS records. */
import { le16, le32 } from '../dcerpc/pdu-builder.js';

export { le16, le32 };

export const le64 = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
};
export const wide = (text: string) => Buffer.from(text, 'utf16le');

export function record(...messages: Uint8Array[]): Buffer {
  const message = Buffer.concat(messages);
  return Buffer.concat([
    Buffer.from([0, message.length >> 16, message.length >> 8, message.length]),
    message,
  ]);
}

export interface Head {
  status?: number;
  response?: boolean;
  tree?: number;
  session?: number;
  next?: number;
}

export function smb2(command: number, id: number, body: Uint8Array, head: Head = {}): Buffer {
  const { status = 0, response = false, tree = 1, session = 7, next = 0 } = head;
  return Buffer.concat([
    Buffer.from('\xfeSMB', 'latin1'),
    ...[le16(64), le16(1), le32(status), le16(command), le16(1), le32(response ? 1 : 0), le32(next)],
    ...[le64(id), le32(0xfeff), le32(tree), le64(session), Buffer.alloc(16)],
    body,
  ]);
}

const answer = (command: number, id: number, body: Uint8Array, head: Head = {}) =>
  smb2(command, id, body, { ...head, response: true });

export const FILE_ID = Buffer.from('4d000000000000000900000 0ffffffff'.replace(' ', ''), 'hex');
export const FILE_TEXT = '0000004d-0000-0000-0009-0000ffffffff';

export const negotiate = (id: number) =>
  smb2(0, id, Buffer.concat([le16(36), le16(2), Buffer.alloc(32, 1), le16(0x202), le16(0x210)]), { tree: 0 });

export const negotiated = (id: number, dialect = 0x210, most = 65536) =>
  answer(
    0,
    id,
    Buffer.concat([
      ...[le16(65), le16(1), le16(dialect), le16(0), Buffer.alloc(16, 2), le32(0)],
      ...[le32(most), le32(most), le32(most), Buffer.alloc(16), le16(0), le16(0), le32(0)],
    ]),
    { tree: 0 },
  );

/** NTLMSSP's third message. */
export function ntlmAnswer(domain: string, user: string, host: string): Buffer {
  const names = [domain, user, host].map(wide);
  let at = 72;
  const fields = names.map(({ length }) => {
    at += length;
    return Buffer.concat([le16(length), le16(length), le32(at - length)]);
  });
  return Buffer.concat([
    ...[Buffer.from('NTLMSSP\0', 'latin1'), le32(3), Buffer.alloc(16), ...fields, Buffer.alloc(8)],
    ...[le32(0x02000001), Buffer.from([10, 0]), le16(10586), Buffer.from([0, 0, 0, 15]), ...names],
  ]);
}

export const sessionSetup = (id: number, blob: Uint8Array) =>
  smb2(
    1,
    id,
    Buffer.concat([le16(25), Buffer.alloc(10), le16(64 + 24), le16(blob.length), Buffer.alloc(8), blob]),
    {
      session: 0,
    },
  );

export const sessionAnswer = (id: number, status = 0) =>
  answer(1, id, Buffer.concat([le16(9), le16(0), le16(72), le16(0)]), { status });

export const treeConnect = (id: number, share: string) =>
  smb2(3, id, Buffer.concat([le16(9), le16(0), le16(72), le16(2 * share.length), wide(share)]), { tree: 0 });

export const treeAnswer = (id: number, type: number, tree = 1) =>
  answer(3, id, Buffer.concat([le16(16), Buffer.from([type, 0]), Buffer.alloc(12)]), { tree });

export const create = (id: number, name: string, options = 0, tree = 1) =>
  smb2(
    5,
    id,
    Buffer.concat([
      ...[le16(57), Buffer.alloc(34), le32(1), le32(options), le16(64 + 56), le16(2 * name.length)],
      ...[Buffer.alloc(8), wide(name)],
    ]),
    { tree },
  );

export const createAnswer = (id: number, size = 0, status = 0) =>
  answer(
    5,
    id,
    Buffer.concat([
      le16(89),
      Buffer.alloc(38),
      le64(size),
      le64(size),
      le32(0),
      le32(0),
      FILE_ID,
      Buffer.alloc(8),
    ]),
    { status },
  );

/** @param padding bytes between the header and the data */
export const write = (id: number, offset: number, data: Uint8Array, tree = 1, padding = 0) =>
  smb2(
    9,
    id,
    Buffer.concat([
      ...[le16(49), le16(112 + padding), le32(data.length), le64(offset), FILE_ID],
      ...[Buffer.alloc(16 + padding), data],
    ]),
    { tree },
  );

/** Several messages in one record. */
export function compound(...messages: Buffer[]): Buffer {
  const padded = messages.map((message, i) => {
    if (i === messages.length - 1) return message;
    const all = Buffer.concat([message, Buffer.alloc(-message.length & 7)]);
    all.writeUInt32LE(all.length, 20);
    return all;
  });
  return record(...padded);
}

export const writeAnswer = (id: number, length: number) =>
  answer(9, id, Buffer.concat([le16(17), le16(0), le32(length), Buffer.alloc(8)]));

export const read = (id: number, offset: number, length: number) =>
  smb2(8, id, Buffer.concat([le16(49), le16(0), le32(length), le64(offset), FILE_ID, Buffer.alloc(17)]));

export const readAnswer = (id: number, data: Uint8Array, status = 0) =>
  answer(8, id, Buffer.concat([le16(17), Buffer.from([80, 0]), le32(data.length), le64(0), data]), {
    status,
  });

export const close = (id: number) => smb2(6, id, Buffer.concat([le16(24), Buffer.alloc(6), FILE_ID]));
export const closeAnswer = (id: number) => answer(6, id, Buffer.concat([le16(60), Buffer.alloc(58)]));

export const ioctl = (id: number, code: number, data: Uint8Array) =>
  smb2(
    11,
    id,
    Buffer.concat([
      ...[le16(57), le16(0), le32(code), FILE_ID, le32(120), le32(data.length), Buffer.alloc(24), data],
    ]),
  );

export const ioctlAnswer = (id: number, code: number, data: Uint8Array) =>
  answer(
    11,
    id,
    Buffer.concat([
      ...[
        le16(49),
        le16(0),
        le32(code),
        FILE_ID,
        le32(0),
        le32(0),
        le32(112),
        le32(data.length),
        le64(0),
        data,
      ],
    ]),
  );

/** SMB1; `words` are given as bytes. */
export function smb1(
  command: number,
  mid: number,
  words: Uint8Array,
  bytes: Uint8Array,
  { response = false, status = 0, isWide = false, isNt = true, tree = 8 } = {},
): Buffer {
  const flags = (isWide ? 0x8000 : 0) | (isNt ? 0x4000 : 0);
  return Buffer.concat([
    Buffer.from('\xffSMB', 'latin1'),
    ...[
      Buffer.from([command]),
      le32(status),
      Buffer.from([response ? 0x80 : 0]),
      le16(flags),
      Buffer.alloc(12),
    ],
    ...[le16(tree), le16(1), le16(9), le16(mid)],
    ...[Buffer.from([words.length / 2]), words, le16(bytes.length), bytes],
  ]);
}
