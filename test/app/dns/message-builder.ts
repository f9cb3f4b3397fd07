/** Small DNS messages. */
import { concat, u8, u16, u32 } from '../../packets/bytes.js';

export const label = (text: string): Uint8Array => concat(u8(text.length), Buffer.from(text, 'latin1'));

/** `www.example.org` as labels, including the root. */
export const name = (text: string): Uint8Array =>
  concat(...text.split('.').filter(Boolean).map(label), u8(0));

export const pointer = (offset: number): Uint8Array => u16(0xc000 | offset);

export const question = (of: Uint8Array, type = 1): Uint8Array => concat(of, u16(type), u16(1));

export function resource(of: Uint8Array, type: number, data: Uint8Array, ttl = 60): Uint8Array {
  return concat(of, u16(type), u16(1), u32(ttl), u16(data.length), data);
}

export interface MessageFields {
  id?: number;
  flags?: number;
  questions?: Uint8Array[];
  answers?: Uint8Array[];
  authorities?: Uint8Array[];
  additionals?: Uint8Array[];
}

/** @param fields sections, whose counts are those of their entries */
export function message(fields: MessageFields): Uint8Array {
  const { id = 1, flags = 0x0100, questions = [], answers = [], authorities = [], additionals = [] } = fields;
  const sections = [questions, answers, authorities, additionals];
  return concat(u16(id), u16(flags), ...sections.map(({ length }) => u16(length)), ...sections.flat());
}

/** As on TCP, with its length in front. */
export const framed = (bytes: Uint8Array): Uint8Array => concat(u16(bytes.length), bytes);

export const request = (text: string, type = 1): Uint8Array =>
  message({ questions: [question(name(text), type)] });

/** A response with one address, its name a pointer to the question. */
export const response = (text: string): Uint8Array =>
  message({
    flags: 0x8180,
    questions: [question(name(text))],
    answers: [resource(pointer(12), 1, Uint8Array.of(10, 0, 0, 1))],
  });
