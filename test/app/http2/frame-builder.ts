/** HTTP/2 frames and header blocks, for tests. */
import {
  DATA,
  END_HEADERS,
  END_STREAM,
  HEADERS,
  PREFACE,
  SETTINGS,
} from '../../../modules/app/http2/frame.js';

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Literal fields that are not added to the table. */
export function block(fields: Readonly<Record<string, string>>): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
  return Buffer.concat(
    Object.entries(fields).flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]),
  );
}

export const preface = Buffer.concat([Buffer.from(PREFACE), frame(SETTINGS, 0, 0, Buffer.alloc(0))]);

export function headers(stream: number, fields: Readonly<Record<string, string>>, end = false): Buffer {
  return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(fields));
}

export function data(stream: number, content: string | Uint8Array, end = true): Buffer {
  return frame(DATA, end ? END_STREAM : 0, stream, Buffer.from(content as string));
}

export const GET = {
  ':method': 'GET',
  ':scheme': 'http',
  ':path': '/a/file.txt',
  ':authority': 'User@Example.org:8080',
  'user-agent': 'tester',
};
