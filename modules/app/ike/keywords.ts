/** Keywords of IKE. */
import type { BufferDeclaration, TestDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import { COMPLETE, type IkeTransaction } from './exchange.js';
import { hex } from './header.js';
import { ATTRIBUTES_1, TRANSFORM_MEMBERS } from './names.js';

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
  // Each side's own SPI, in the messages it sends.
  buffer('init_spi', 'SPI of the initiator, in hexadecimal digits.', ({ header }) => header.initiatorSpi, {
    direction: 'to_server',
  }),
  buffer('resp_spi', 'SPI of the responder, in hexadecimal digits.', ({ header }) => header.responderSpi, {
    direction: 'to_client',
  }),
  buffer('key_exchange_payload', 'Key exchange data.', ({ keyExchange }) => keyExchange),
  buffer('nonce_payload', 'Nonce.', ({ nonce }) => nonce),
  buffer(
    'vendor',
    'Vendor id of the initiator, in hexadecimal digits.',
    ({ vendors }, index) => vendors[index] && hex(vendors[index]),
    { direction: 'to_server', multiple: true },
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
  value('exchtype', 8, 'Exchange type.', ({ header }) => header.exchange),
  value(
    'key_exchange_payload_length',
    32,
    'Length of the key exchange data.',
    each => each.keyExchange?.length,
  ),
  value('nonce_payload_length', 32, 'Length of the nonce.', each => each.nonce?.length),
];

/** An attribute of version 1, and the corresponding transform of version 2. */
interface Wanted {
  readonly attribute: number | undefined;
  readonly transform: number | undefined;
  readonly value: number;
}

/** In version 2, only these exist. */
const CHOSEN_2 = new Set(['alg_enc', 'alg_prf', 'alg_auth', 'alg_dh']);

function transformOf(member: string): number | undefined {
  const found = Object.entries(TRANSFORM_MEMBERS).find(([, name]) => name === member);
  return found && CHOSEN_2.has(member) ? Number(found[0]) : undefined;
}

function attributeOf(wanted: string): number | undefined {
  const found = Object.entries(ATTRIBUTES_1).find(([, { member }]) => member === wanted);
  return found && Number(found[0]);
}

export const TESTS: readonly TestDeclaration<IkeTransaction>[] = [
  {
    keyword: 'ike.chosen_sa_attribute',
    direction: 'to_client',
    progress: COMPLETE,
    summary: 'Attribute of the proposal chosen by the responder: `alg_hash=2`.',
    grammar: 'attribute=number',
    parse(argument): Wanted {
      const match = /^\s*([a-z_]+)\s*=\s*(\d{1,10})\s*$/.exec(argument ?? '');
      const member = match?.[1] ?? '';
      const [attribute, transform] = [attributeOf(member), transformOf(member)];
      if (!match || attribute === undefined) throw new Error(`"${argument}": expected attribute=number`);
      return { attribute, transform, value: Number(match[2]) };
    },
    matches({ attributes, transforms }, toServer, parsed) {
      const { attribute, transform, value: wanted } = parsed as Wanted;
      if (toServer) return false;
      return (
        attributes.some(each => each.type === attribute && each.value === wanted) ||
        transforms.some(each => each.type === transform && each.id === wanted)
      );
    },
  },
];
