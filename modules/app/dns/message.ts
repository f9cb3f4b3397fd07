/** The DNS message (RFC 1035 4.1): header, questions and resource records, with everything bounded. */
import { NameReader } from './name.js';
import { type RecordData, readData } from './record-data.js';

export interface Question {
  readonly name: Uint8Array;
  readonly type: number;
  readonly class: number;
}

export interface ResourceRecord extends Question {
  readonly ttl: number;
  readonly data: RecordData;
}

export interface Message {
  readonly id: number;
  readonly flags: number;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
}

/** What is wrong with a message: names of the protocol's events. */
export type Problem =
  | 'malformed_data'
  | 'name_too_long'
  | 'infinite_loop'
  | 'too_many_labels'
  | 'invalid_authorities'
  | 'invalid_additionals';

export const HEADER_LENGTH = 12;
export const RESPONSE = 0x8000;
export const Z = 0x0040;

export const opcodeOf = (flags: number): number => (flags >>> 11) & 15;
export const rcodeOf = (flags: number): number => flags & 15;

export interface Parsed {
  readonly message: Message;
  readonly problems: ReadonlySet<Problem>;
}

/** A message that ends too early. */
class Truncated extends Error {}

/**
 * Parses `bytes`, one whole message.
 * @returns what could be read, and what was wrong; undefined when there is not even a header
 */
export function parseMessage(bytes: Uint8Array): Parsed | undefined {
  if (bytes.length < HEADER_LENGTH) return undefined;
  const reader = new MessageReader(bytes);
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map(at => reader.uint16(at));
  const message = {
    id: reader.uint16(0),
    flags: reader.uint16(2),
    questions: reader.section(questions!, 'malformed_data', () => reader.question()),
    answers: reader.section(answers!, 'malformed_data', () => reader.record()),
    authorities: reader.section(authorities!, 'invalid_authorities', () => reader.record()),
    additionals: reader.section(additionals!, 'invalid_additionals', () => reader.record()),
  };
  return { message, problems: reader.problems };
}

class MessageReader {
  readonly problems = new Set<Problem>();
  private readonly names: NameReader;
  private at = HEADER_LENGTH;
  /** A section that is broken leaves no place to go on from. */
  private broken = false;

  constructor(private readonly bytes: Uint8Array) {
    this.names = new NameReader(bytes, problem => this.problems.add(problem));
  }

  uint16(at: number): number {
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  /** Reads up to `count` entries; a wrong count costs no more than the message has bytes. */
  section<T>(count: number, problem: Problem, read: () => T): T[] {
    const entries: T[] = [];
    if (this.broken) return entries;
    try {
      for (let i = 0; i < count; i++) entries.push(read());
    } catch (error) {
      if (!(error instanceof Truncated)) throw error;
      this.problems.add(problem);
      this.broken = true;
    }
    return entries;
  }

  question(): Question {
    const name = this.name();
    this.need(4);
    const question = { name, type: this.uint16(this.at), class: this.uint16(this.at + 2) };
    this.at += 4;
    return question;
  }

  record(): ResourceRecord {
    const { name, type, class: recordClass } = this.question();
    this.need(6);
    const ttl = this.uint16(this.at) * 0x10000 + this.uint16(this.at + 2);
    const length = this.uint16(this.at + 4);
    this.at += 6;
    this.need(length);
    const data = readData(type, this.bytes, this.at, this.at + length, this.names);
    this.at += length;
    return { name, type, class: recordClass, ttl, data };
  }

  private name(): Uint8Array {
    const { name, next } = this.names.read(this.at, this.bytes.length);
    if (next < 0) throw new Truncated();
    this.at = next;
    return name;
  }

  private need(count: number): void {
    if (this.at + count > this.bytes.length) throw new Truncated();
  }
}
