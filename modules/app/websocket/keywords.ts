/** Keywords of WebSocket. */
import type { BufferDeclaration, TestDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import { COMPRESSED, FIN, OPCODES } from './frame-header.js';
import { COMPLETE, type WebSocketTransaction } from './frames.js';

export const BUFFERS: readonly BufferDeclaration<WebSocketTransaction>[] = [
  {
    keyword: 'websocket.payload',
    direction: 'either',
    progress: COMPLETE,
    summary: 'payload of a frame, unmasked and decompressed',
    get: (transaction, toServer) => (transaction.toServer === toServer ? transaction.payload : undefined),
  },
];

function value(
  name: 'mask' | 'opcode',
  bits: 8 | 32,
  summary: string,
  names?: Readonly<Record<string, number>>,
): ValueDeclaration<WebSocketTransaction> {
  return {
    keyword: `websocket.${name}`,
    bits,
    direction: 'either',
    progress: COMPLETE,
    summary,
    get({ header, toServer: sent }, toServer) {
      const found = header[name];
      return sent !== toServer || found === undefined ? [] : [found];
    },
    ...(names && { names }),
  };
}

export const VALUES: readonly ValueDeclaration<WebSocketTransaction>[] = [
  value('mask', 32, 'masking key of a frame'),
  value('opcode', 8, 'what kind of frame it is', OPCODES),
];

/** The flags under `mask` compare with `value`. */
interface Flags {
  readonly mask: number;
  readonly sign: string;
  readonly value: number;
}

export const TESTS: readonly TestDeclaration<WebSocketTransaction>[] = [
  {
    keyword: 'websocket.flags',
    direction: 'either',
    progress: COMPLETE,
    summary: 'Flags of a frame: a number, a mask with a number, or names.',
    parse: argument => flagsOf((argument ?? '').trim()),
    matches({ header, toServer: sent }, toServer, parsed) {
      const { mask, sign, value: wanted } = parsed as Flags;
      return sent === toServer && compare(header.flags & mask, sign, wanted);
    },
  },
];

const ALL = 0xff;
const NUMBER = String.raw`(0x[0-9a-f]+|\d+)`;
const COMPARISON = new RegExp(`^(<=|>=|<|>|!|=|)\\s*${NUMBER}$`, 'i');
const MASKED = new RegExp(`^&\\s*${NUMBER}\\s*(!?=)\\s*${NUMBER}$`, 'i');

/** @throws Error naming what is expected */
function flagsOf(text: string): Flags {
  const masked = MASKED.exec(text);
  if (masked) return { mask: Number(masked[1]), sign: masked[2]!, value: Number(masked[3]) };
  const comparison = COMPARISON.exec(text);
  if (comparison) return { mask: ALL, sign: comparison[1] || '=', value: Number(comparison[2]) };
  return namedFlags(text);
}

const BITS: Readonly<Record<string, number>> = { fin: FIN, comp: COMPRESSED };

function namedFlags(text: string): Flags {
  let mask = 0;
  let set = 0;
  for (const word of text.split(',')) {
    const name = word.trim().replace(/^!\s*/, '');
    const bit = BITS[name];
    if (bit === undefined) throw new Error(`"${name}" is no flag; expected fin, comp or a number`);
    mask |= bit;
    if (!word.trim().startsWith('!')) set |= bit;
  }
  return { mask, sign: '=', value: set };
}

function compare(value: number, sign: string, wanted: number): boolean {
  switch (sign) {
    case '<':
      return value < wanted;
    case '<=':
      return value <= wanted;
    case '>':
      return value > wanted;
    case '>=':
      return value >= wanted;
    case '!':
    case '!=':
      return value !== wanted;
    default:
      return value === wanted;
  }
}
