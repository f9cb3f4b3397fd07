/** Keywords of IKE. */
import type { BufferDeclaration, TestDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import { COMPLETE, type IkeTransaction } from './conversation.js';
import { hex } from './header.js';
import { ATTRIBUTES_1 } from './names.js';

type Buffer_ = BufferDeclaration<IkeTransaction>;

function buffer(
  name: string,
  summary: string,
  of: (transaction: IkeTransaction, index: number) => Uint8Array | string | undefined,
  more: Partial<Buffer_> = {},
): Buffer_ {
  return {
    keyword: `ike.${name}`,
    direction: 'either',
    progress: COMPLETE,
    summary,
    get(transaction, toServer, index) {
      const found = transaction.toServer === toServer ? of(transaction, index) : undefined;
      return typeof found === 'string' ? Buffer.from(found) : found;
    },
    ...more,
  };
}

export const BUFFERS: readonly Buffer_[] = [
  buffer('init_spi', 'SPI of the initiator, in hexadecimal digits', ({ header }) => header?.initiatorSpi),
  buffer('resp_spi', 'SPI of the responder, in hexadecimal digits', ({ header }) => header?.responderSpi),
  buffer('key_exchange_payload', 'data of a key exchange', ({ keyExchange }) => keyExchange),
  buffer('nonce_payload', 'a nonce', ({ nonce }) => nonce),
  buffer(
    'vendor',
    'a vendor identifier, in hexadecimal digits',
    ({ vendors }, index) => vendors[index] && hex(vendors[index]),
    { multiple: true },
  ),
];

function value(
  name: string,
  bits: 8 | 32,
  summary: string,
  of: (transaction: IkeTransaction) => number | undefined,
): ValueDeclaration<IkeTransaction> {
  return {
    keyword: `ike.${name}`,
    bits,
    direction: 'either',
    progress: COMPLETE,
    summary,
    get(transaction, toServer) {
      const found = transaction.toServer === toServer ? of(transaction) : undefined;
      return found === undefined ? [] : [found];
    },
  };
}

export const VALUES: readonly ValueDeclaration<IkeTransaction>[] = [
  value('exchtype', 8, 'type of the exchange', ({ header }) => header?.exchange),
  value('key_exchange_payload_length', 32, 'length of a key exchange', each => each.keyExchange?.length),
  value('nonce_payload_length', 32, 'length of a nonce', each => each.nonce?.length),
];

interface Wanted {
  readonly type: number;
  readonly value: number;
}

export const TESTS: readonly TestDeclaration<IkeTransaction>[] = [
  {
    keyword: 'ike.chosen_sa_attribute',
    direction: 'to_client',
    progress: COMPLETE,
    summary: 'An attribute of what the responder chose: `alg_hash=2`.',
    parse(argument): Wanted {
      const match = /^\s*([a-z_]+)\s*=\s*(\d{1,10})\s*$/.exec(argument ?? '');
      const found = Object.entries(ATTRIBUTES_1).find(([, { member }]) => member === match?.[1]);
      if (!match || !found) throw new Error(`"${argument}" is no attribute=number`);
      return { type: Number(found[0]), value: Number(match[2]) };
    },
    matches({ attributes }, toServer, parsed) {
      const { type, value: wanted } = parsed as Wanted;
      return !toServer && attributes.some(each => each.type === type && each.value === wanted);
    },
  },
];
