/** The fields of the points of objects (IEEE 1815 annex A). */
export type PointFields = Record<string, number | string>;

/** A name with bits; negative for two's complement, 0.32 and 0.64 for floating point. */
export interface Field {
  readonly name: string;
  readonly kind: 'unsigned' | 'signed' | 'float';
  readonly bits: number;
}

/** `name`, `name:8`, `name:s16`, `name:f32`, separated by blanks. */
export function fields(text: string): Field[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map(word => {
      const [name = '', type = '1'] = word.split(':');
      const kind = type.startsWith('s') ? 'signed' : type.startsWith('f') ? 'float' : 'unsigned';
      return { name, kind, bits: Number(type.replace(/^[sf]/, '')) };
    });
}

const BINARY = 'online restart comm_lost remote_forced local_forced chatter_filter reserved state';
const DOUBLE = 'online restart comm_lost remote_forced local_forced chatter_filter state:2';
const OUTPUT = 'online restart comm_lost remote_forced local_forced reserved0 reserved1 state';
const COUNTER = 'online restart comm_lost remote_forced local_forced rollover discontinuity reserved0';
const ANALOG = 'online restart comm_lost remote_forced local_forced over_range reference_err reserved0';
const SETPOINT = 'online restart comm_lost remote_forced local_forced reserved0 reserved1 reserved2';
const CONTROL = 'op_type:4 qu cr tcc:2 count:8 ontime:32 offtime:32 status_code:7 reserved';
const TIME = 'timestamp:48';
const SECURITY =
  'online restart comm_lost remote_forced local_forced reserved0 discontinuity reserved1 ' +
  'association_id:16 count_value:32';

/** Values with and without time, as in analog events. */
const events = (flags: string): string[] =>
  ['s32', 's16', `s32 ${TIME}`, `s16 ${TIME}`, 'f32', 'f64', `f32 ${TIME}`, `f64 ${TIME}`].map(
    type => `${flags} value:${type}`,
  );
const counters = (flags: string): string[] => {
  const plain = [`${flags} count:32`, `${flags} count:16`];
  return [
    ...plain,
    ...plain,
    ...plain.map(each => `${each} ${TIME}`),
    ...plain.map(each => `${each} ${TIME}`),
  ];
};

/** Fields by group, in order of variations from 1 on; '' has none of its own. */
const GROUPS: Readonly<Record<number, readonly (string | undefined)[]>> = {
  1: [undefined, BINARY],
  2: [BINARY, `${BINARY} ${TIME}`, `${BINARY} timestamp:16`],
  3: [undefined, DOUBLE],
  4: [DOUBLE, `${DOUBLE} ${TIME}`, `${DOUBLE} relative_time_ms:16`],
  10: [undefined, OUTPUT],
  11: [OUTPUT, `${OUTPUT} ${TIME}`],
  12: [CONTROL, CONTROL],
  13: ['status_code:7 commanded_state', `status_code:7 commanded_state ${TIME}`],
  20: [
    ...[32, 16, 32, 16].map(bits => `${COUNTER} count:${bits}`),
    ...[32, 16, 32, 16].map(bits => `count:${bits}`),
  ],
  21: [
    ...[32, 16, 32, 16].map(bits => `${COUNTER} count:${bits}`),
    ...[32, 16, 32, 16].map(bits => `${COUNTER} count:${bits} ${TIME}`),
    ...[32, 16, 32, 16].map(bits => `count:${bits}`),
  ],
  22: counters(COUNTER),
  23: counters(COUNTER),
  30: [
    `${ANALOG} value:s32`,
    `${ANALOG} value:s16`,
    'value:s32',
    'value:s16',
    `${ANALOG} value:f32`,
    `${ANALOG} value:f64`,
  ],
  31: [
    `${ANALOG} value:s32`,
    `${ANALOG} value:s16`,
    `${ANALOG} value:s32 ${TIME}`,
    `${ANALOG} value:s16 ${TIME}`,
    'value:s32',
    'value:s16',
    `${ANALOG} value:f32`,
    `${ANALOG} value:f64`,
  ],
  32: events(ANALOG),
  33: events(ANALOG),
  34: ['deadband_value:16', 'deadband_value:32', 'deadband_value:f32'],
  40: ['s32', 's16', 'f32', 'f64'].map(type => `${SETPOINT} value:${type}`),
  41: ['s32', 's16', 'f32', 'f64'].map(type => `value:${type} control_status:8`),
  42: events(SETPOINT),
  43: events('status_code:7 reserved0').map(each => each.replace('value:', 'commanded_value:')),
  50: [TIME, `${TIME} interval:32`, TIME, `${TIME} interval_count:32 interval_units:8`],
  51: [TIME, TIME],
  52: ['delay_secs:16', 'delay_ms:16'],
  60: ['', '', '', ''],
  81: ['fill_percentage:8 group:8 variation:8'],
  86: [undefined, 'rd wr st ev df padding0 padding1 padding2'],
  102: ['value:8'],
  120: [undefined, undefined, 'csq:32 user_number:16', 'user_number:16'],
  121: [SECURITY],
  122: [SECURITY, `${SECURITY} ${TIME}`],
};

const TABLE: ReadonlyMap<number, Field[]> = new Map(
  Object.entries(GROUPS).flatMap(([group, variations]) =>
    variations.flatMap((text, i) =>
      text === undefined ? [] : [[Number(group) * 256 + i + 1, fields(text)] as const],
    ),
  ),
);

/** Undefined if an object does not consist of fields, or is unknown. */
export function fieldsOf(group: number, variation: number): readonly Field[] | undefined {
  return TABLE.get(group * 256 + variation);
}

/** Objects whose points are consecutive bits. */
export function packedBits(group: number, variation: number): { name: string; bits: number } | undefined {
  if (variation === 1 && (group === 1 || group === 10 || group === 80)) return { name: 'state', bits: 1 };
  if (variation === 1 && group === 3) return { name: 'state', bits: 2 };
  return group === 12 && variation === 3 ? { name: 'point', bits: 1 } : undefined;
}

export function readFields(reader: BitReader, list: readonly Field[]): PointFields {
  const result: PointFields = {};
  for (const { name, kind, bits } of list) {
    if (kind === 'float') result[name] = reader.float(bits);
    else result[name] = kind === 'signed' ? reader.signed(bits) : reader.number(bits);
  }
  return result;
}

/** Numbers of any number of bits, lowest first. Missing input is recorded, never an error. */
export class BitReader {
  broken = false;
  private bit = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  /** Offset of the next byte of which nothing was read. */
  get position(): number {
    return this.at + (this.bit > 0 ? 1 : 0);
  }

  /** Number of bytes of which nothing was read. */
  get left(): number {
    return this.bytes.length - this.position;
  }

  /** At most 48 bits; numbers of whole bytes are byte-aligned. */
  number(bits: number): number {
    if (bits >= 8) this.align();
    let value = 0;
    for (let got = 0; got < bits; ) {
      const count = Math.min(8 - this.bit, bits - got);
      const byte = this.bytes[this.at];
      if (byte === undefined) {
        this.broken = true;
        return 0;
      }
      value += ((byte >> this.bit) & ((1 << count) - 1)) * 2 ** got;
      got += count;
      this.bit += count;
      if (this.bit === 8) this.align();
    }
    return value;
  }

  signed(bits: number): number {
    const value = this.number(bits);
    return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
  }

  float(bits: number): number {
    const bytes = Buffer.from(this.take(bits / 8));
    if (this.broken) return 0;
    return bits === 32 ? bytes.readFloatLE() : bytes.readDoubleLE();
  }

  take(length: number): Uint8Array {
    this.align();
    if (this.at + length > this.bytes.length) this.broken = true;
    const from = this.at;
    this.at = Math.min(this.bytes.length, from + length);
    return this.bytes.subarray(from, this.at);
  }

  /** Aligns to the next byte. */
  align(): void {
    if (this.bit === 0) return;
    this.bit = 0;
    this.at++;
  }
}
