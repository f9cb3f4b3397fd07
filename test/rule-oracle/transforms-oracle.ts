/** Transforms of buffers in their shortest form, on latin1 text. */
import { createHash } from 'node:crypto';

export interface Transform {
  readonly name: string;
  readonly argument?: string;
  readonly change: (buffer: string) => string;
}

const SPACE = /[ \t-\r]/;
const lower = (text: string) => text.replace(/[A-Z]/g, c => c.toLowerCase());

const simple = (name: string, change: Transform['change']): Transform => ({ name, change });

const digest = (name: string, algorithm: string) =>
  simple(name, buffer => createHash(algorithm).update(buffer, 'latin1').digest().toString('latin1'));

export const PLAIN_TRANSFORMS: readonly Transform[] = [
  simple('strip_whitespace', buffer => [...buffer].filter(c => !SPACE.test(c)).join('')),
  simple('compress_whitespace', buffer => buffer.replace(/([ \t-\r])[ \t-\r]+/g, '$1')),
  simple('to_lowercase', lower),
  simple('to_uppercase', buffer => buffer.replace(/[a-z]/g, c => c.toUpperCase())),
  simple('dotprefix', buffer => `.${buffer}`),
  simple('url_decode', buffer =>
    buffer.replace(/\+|%([0-9A-Fa-f]{2})/g, (_, hex) =>
      hex ? String.fromCharCode(Number(`0x${hex}`)) : ' ',
    ),
  ),
  simple('header_lowercase', buffer => buffer.replace(/(^|(?<=\n))[^:\n]*/g, lower)),
  simple('strip_pseudo_headers', buffer => buffer.replace(/(^|(?<=\n)):[^\n]*(\n|$)/g, '')),
  digest('to_md5', 'md5'),
  digest('to_sha1', 'sha1'),
  digest('to_sha256', 'sha256'),
];

export function xor(key: readonly number[]): Transform {
  const argument = `"${Buffer.from(key).toString('hex')}"`;
  const change = (buffer: string) =>
    [...buffer].map((c, i) => String.fromCharCode(c.charCodeAt(0) ^ key[i % key.length]!)).join('');
  return { name: 'xor', argument, change };
}

export function pcrexform(pattern: string): Transform {
  const change = (buffer: string) => new RegExp(pattern).exec(buffer)?.[1] ?? buffer;
  return { name: 'pcrexform', argument: `"${pattern}"`, change };
}

export type Base64Mode = 'rfc4648' | 'rfc2045' | 'strict';

export function fromBase64(mode: Base64Mode, offset: number, bytes: number): Transform {
  const words = [
    `mode ${mode}`,
    ...(offset ? [`offset ${offset}`] : []),
    ...(bytes ? [`bytes ${bytes}`] : []),
  ];
  const change = (buffer: string) =>
    decoded(mode, buffer.slice(offset, bytes ? offset + bytes : undefined)) || buffer;
  return { name: 'from_base64', argument: words.join(', '), change };
}

function decoded(mode: Base64Mode, text: string): string {
  if (mode === 'strict' && !/^([\w+/]{4})*([\w+/]{2}==|[\w+/]{3}=)?$/.test(text.replaceAll('_', '*')))
    return '';
  const taken = mode === 'rfc2045' ? text.replace(/[^A-Za-z0-9+/=]/g, '') : text;
  return Buffer.from(/^[A-Za-z0-9+/]*/.exec(taken)![0], 'base64').toString('latin1');
}

export function subslice(offset: number, bytes: number | undefined, truncate: boolean): Transform {
  const words = [offset, ...(bytes === undefined ? [] : [bytes]), ...(truncate ? ['truncate'] : [])];
  return {
    name: 'subslice',
    argument: words.join(', '),
    change: buffer => sliced(buffer, offset, bytes, truncate),
  };
}

function sliced(buffer: string, offset: number, bytes: number | undefined, truncate: boolean): string {
  const start = offset < 0 ? Math.max(0, buffer.length + offset) : offset;
  const end = bytes === undefined ? buffer.length : bytes < 0 ? buffer.length + bytes : start + bytes;
  if (end > buffer.length && !truncate) return '';
  return end < start ? '' : buffer.slice(start, end);
}

/** In the notation of rules. */
export const optionsOf = (transforms: readonly Transform[]): string =>
  transforms.map(({ name, argument }) => (argument === undefined ? name : `${name}:${argument}`)).join('; ');

/** One after the other. */
export const changedBy = (transforms: readonly Transform[], buffer: string): string =>
  transforms.reduce((text, { change }) => change(text), buffer);
