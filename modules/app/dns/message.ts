/**
 * The DNS message (RFC 1035 4.1): header, questions and resource records, with limits on everything.
 *
 * A message is walked once on arrival, which finds its errors and the offsets of its entries. Names and data are read
 * on demand.
 */
import { uint16 } from '../../../engine/packet/network-order.js';
import { type NameProblem, Names } from './name.js';
import { namesInData, type RecordData, readData } from './record-data.js';

/** Errors of a message: names of the protocol's events. */
export type Problem = NameProblem | 'malformed_data' | 'invalid_authorities' | 'invalid_additionals';

export const HEADER_LENGTH = 12;
export const RESPONSE = 0x8000;
export const Z = 0x0040;
/** Highest opcode in use: DSO (RFC 8490). */
export const MAX_OPCODE = 6;

export const opcodeOf = (flags: number): number => (flags >>> 11) & 15;
export const rcodeOf = (flags: number): number => flags & 15;

export interface Question {
  readonly name: Uint8Array;
  readonly type: number;
}

/** An entry of the answer, authority or additional section. */
export class ResourceRecord implements Question {
  readonly name: Uint8Array;
  readonly type: number;
  private read: RecordData | undefined;

  /** @param name offset of the name  @param fixed offset of what follows it */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly names: Names,
    name: number,
    private readonly fixed: number,
  ) {
    this.name = names.read(name, bytes.length);
    this.type = uint16(bytes, fixed);
  }

  /** Seconds. */
  get ttl(): number {
    return uint16(this.bytes, this.fixed + 4) * 0x10000 + uint16(this.bytes, this.fixed + 6);
  }

  get data(): RecordData {
    if (!this.read) {
      const start = this.fixed + 10;
      const end = start + uint16(this.bytes, this.fixed + 8);
      this.read = readData(this.type, this.bytes, start, end, this.names);
    }
    return this.read;
  }
}

/** The event for a message that ends within a section, by section in the order of the message. */
const SECTIONS: readonly Problem[] = [
  'malformed_data',
  'malformed_data',
  'invalid_authorities',
  'invalid_additionals',
];

export class Message {
  readonly id: number;
  readonly flags: number;
  readonly problems: Problem[] = [];
  private readonly names: Names;
  /** For each entry: offset of its name, offset after its name. */
  private readonly places: number[] = [];
  /** Number of entries before each section, and in total. */
  private readonly before: [number, number, number, number, number] = [0, 0, 0, 0, 0];
  private questionList: readonly Question[] | undefined;
  private readonly recordLists: (readonly ResourceRecord[] | undefined)[] = [];
  private nameList: readonly Uint8Array[] | undefined;

  /** @param bytes the message, kept: it must not change. If it is too short for a header, it is treated as empty. */
  constructor(readonly bytes: Uint8Array) {
    this.names = new Names(bytes);
    const whole = bytes.length >= HEADER_LENGTH;
    this.id = whole ? uint16(bytes, 0) : 0;
    this.flags = whole ? uint16(bytes, 2) : 0;
    if (whole) this.walk();
    else this.problems.push('malformed_data');
  }

  get response(): boolean {
    return (this.flags & RESPONSE) !== 0;
  }

  /** Labels and pointers examined. */
  get steps(): number {
    return this.names.steps;
  }

  get questions(): readonly Question[] {
    this.questionList ??= this.section(0, (name, fixed) => ({
      name: this.names.read(name, this.bytes.length),
      type: uint16(this.bytes, fixed),
    }));
    return this.questionList;
  }

  get answers(): readonly ResourceRecord[] {
    return this.records(1);
  }

  get authorities(): readonly ResourceRecord[] {
    return this.records(2);
  }

  get additionals(): readonly ResourceRecord[] {
    return this.records(3);
  }

  /** All names of the message, including those in the data of records. */
  get allNames(): readonly Uint8Array[] {
    this.nameList ??= [
      ...this.questions.map(({ name }) => name),
      ...[this.answers, this.authorities, this.additionals].flatMap(list => list.flatMap(namesOf)),
    ];
    return this.nameList;
  }

  private records(section: number): readonly ResourceRecord[] {
    this.recordLists[section] ??= this.section(
      section,
      (name, fixed) => new ResourceRecord(this.bytes, this.names, name, fixed),
    );
    return this.recordLists[section]!;
  }

  private section<T>(section: number, read: (name: number, fixed: number) => T): T[] {
    const list: T[] = [];
    for (let i = this.before[section]!; i < this.before[section + 1]!; i++)
      list.push(read(this.places[2 * i]!, this.places[2 * i + 1]!));
    return list;
  }

  /** Finds the entries. If a section is cut off, the offsets of the following ones are unknown. */
  private walk(): void {
    let at = HEADER_LENGTH;
    for (let section = 0; section < 4; section++) {
      const count = at < 0 ? 0 : uint16(this.bytes, 4 + 2 * section);
      for (let i = 0; i < count && at >= 0; i++) at = this.entry(at, section > 0);
      if (at < 0 && count > 0) this.note(SECTIONS[section]!);
      this.before[section + 1] = this.places.length >>> 1;
    }
  }

  /** @returns offset after the entry at `start`, -1 if it is incomplete */
  private entry(start: number, record: boolean): number {
    const { bytes, places } = this;
    const fixed = this.name(start, bytes.length);
    if (fixed < 0 || fixed + (record ? 10 : 4) > bytes.length) return -1;
    const data = fixed + 10;
    const end = record ? data + uint16(bytes, fixed + 8) : fixed + 4;
    if (end > bytes.length) return -1;
    if (record) {
      const inside = namesInData(uint16(bytes, fixed));
      for (let i = 0, at = data + inside.offset; i < inside.count && at >= 0; i++) at = this.name(at, end);
    }
    places.push(start, fixed);
    return end;
  }

  private name(start: number, end: number): number {
    const next = this.names.walk(start, end);
    if (this.names.problem) this.note(this.names.problem);
    return next;
  }

  private note(problem: Problem): void {
    if (!this.problems.includes(problem)) this.problems.push(problem);
  }
}

function namesOf({ name, data }: ResourceRecord): Uint8Array[] {
  if (data.kind === 'name') return [name, data.name];
  return data.kind === 'soa' ? [name, data.primary] : [name];
}
