/** Conditions on a buffer as evaluated by the oracle, and in the notation of rules. */

/** A number, or the name of a variable set by byte_extract or byte_math. */
export type Amount = number | string;

export interface Content {
  readonly kind: 'content';
  readonly bytes: string;
  readonly nocase?: boolean;
  readonly negated?: boolean;
  readonly offset?: Amount;
  readonly depth?: Amount;
  readonly distance?: Amount;
  readonly within?: Amount;
  readonly startswith?: boolean;
  readonly endswith?: boolean;
  /** The argument of fast_pattern, empty for none. */
  readonly fastPattern?: string;
}

export interface Pcre {
  readonly kind: 'pcre';
  readonly pattern: string;
  readonly flags: string;
  readonly relative: boolean;
  readonly negated: boolean;
}

/** Number base and encoding. */
export interface Reading {
  readonly bytes: Amount;
  readonly offset: Amount;
  readonly relative: boolean;
  readonly little: boolean;
  readonly text?: 'dec' | 'hex' | 'oct';
  readonly bitmask?: number;
}

export interface ByteTest extends Reading {
  readonly kind: 'byte_test';
  readonly operator: '<' | '<=' | '>' | '>=' | '=' | '&' | '^';
  readonly negated: boolean;
  readonly value: Amount;
}

export interface ByteJump extends Reading {
  readonly kind: 'byte_jump';
  readonly multiplier: number;
  readonly align: boolean;
  readonly from: '' | 'from_beginning' | 'from_end';
  readonly postOffset: number;
}

export interface ByteExtract extends Reading {
  readonly kind: 'byte_extract';
  readonly name: string;
  readonly multiplier: number;
  readonly align: 0 | 2 | 4;
}

export interface ByteMath extends Reading {
  readonly kind: 'byte_math';
  readonly name: string;
  readonly operator: '+' | '-' | '*' | '/' | '<<' | '>>';
  readonly value: Amount;
}

export interface IsDataAt {
  readonly kind: 'isdataat';
  readonly place: Amount;
  readonly relative: boolean;
  readonly negated: boolean;
}

export interface Bsize {
  readonly kind: 'bsize';
  readonly operator: '' | '<' | '>' | '<=' | '>=' | '!';
  readonly size: number;
}

/** `base64_decode` and the conditions on `base64_data`: always at the end. */
export interface Base64 {
  readonly kind: 'base64';
  readonly bytes: number;
  readonly offset: number;
  readonly relative: boolean;
  readonly data: readonly Condition[];
}

export type Condition =
  | Base64
  | Content
  | Pcre
  | ByteTest
  | ByteJump
  | ByteExtract
  | ByteMath
  | IsDataAt
  | Bsize;

/** The options of a rule for these conditions. */
export function written(conditions: readonly Condition[]): string {
  return conditions.map(optionOf).join(' ');
}

/** Bytes between the quotes of a content. */
export function hex(bytes: string): string {
  return `|${Buffer.from(bytes, 'latin1').toString('hex')}|`;
}

export function optionOf(each: Condition): string {
  switch (each.kind) {
    case 'content':
      return contentText(each);
    case 'pcre':
      return `pcre:${not(each)}"/${each.pattern}/${each.flags}${each.relative ? 'R' : ''}";`;
    case 'byte_test':
      return `byte_test:${each.bytes},${not(each)}${each.operator},${each.value},${each.offset}${flags(each)};`;
    case 'byte_jump':
      return `byte_jump:${each.bytes},${each.offset}${flags(each)}${jumpFlags(each)};`;
    case 'byte_extract':
      return `byte_extract:${each.bytes},${each.offset},${each.name}${flags(each)}${scaling(each)};`;
    case 'byte_math':
      return mathText(each);
    case 'isdataat':
      return `isdataat:${not(each)}${each.place}${each.relative ? ',relative' : ''};`;
    case 'base64':
      return `base64_decode:${base64Words(each)}; base64_data; ${written(each.data)}`;
    case 'bsize':
      return `bsize:${each.operator}${each.size};`;
  }
}

function base64Words({ bytes, offset, relative }: Base64): string {
  return [bytes > 0 && `bytes ${bytes}`, `offset ${offset}`, relative && 'relative']
    .filter(Boolean)
    .join(', ');
}

const not = ({ negated }: { readonly negated?: boolean }) => (negated ? '!' : '');

function contentText(each: Content): string {
  const text = /^[\w.]+$/.test(each.bytes) ? each.bytes : hex(each.bytes);
  const words = [`content:${not(each)}"${text}"`];
  for (const flag of ['nocase', 'startswith', 'endswith'] as const) if (each[flag]) words.push(flag);
  for (const name of ['offset', 'depth', 'distance', 'within'] as const)
    if (each[name] !== undefined) words.push(`${name}:${each[name]}`);
  if (each.fastPattern === '') words.push('fast_pattern');
  else if (each.fastPattern !== undefined) words.push(`fast_pattern:${each.fastPattern}`);
  return `${words.join('; ')};`;
}

function flags({ relative, little, text, bitmask }: Reading): string {
  return [
    relative && 'relative',
    little && 'little',
    text && `string,${text}`,
    bitmask !== undefined && `bitmask 0x${bitmask.toString(16)}`,
  ]
    .filter(Boolean)
    .map(flag => `,${flag}`)
    .join('');
}

function jumpFlags({ multiplier, align, from, postOffset }: ByteJump): string {
  const scale = multiplier === 1 ? '' : `,multiplier ${multiplier}`;
  const post = postOffset === 0 ? '' : `,post_offset ${postOffset}`;
  return `${scale}${align ? ',align' : ''}${from && `,${from}`}${post}`;
}

function scaling({ multiplier, align }: ByteExtract): string {
  return `${multiplier === 1 ? '' : `,multiplier ${multiplier}`}${align === 0 ? '' : `,align ${align}`}`;
}

function mathText(each: ByteMath): string {
  const { bytes, offset, operator, value, name, relative, little, text, bitmask } = each;
  const further = [
    relative && 'relative',
    little && 'endian little',
    text && `string ${text}`,
    bitmask !== undefined && `bitmask 0x${bitmask.toString(16)}`,
  ].filter(Boolean);
  const words = [
    `bytes ${bytes}`,
    `offset ${offset}`,
    `oper ${operator}`,
    `rvalue ${value}`,
    `result ${name}`,
  ];
  return `byte_math:${[...words, ...further].join(', ')};`;
}
