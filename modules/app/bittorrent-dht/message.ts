/** Messages of the mainline DHT (BEP 5, 32), as logged in EVE records. */
import { type Bencoded, type Dictionary, readDictionary } from './bencode.js';

export interface DhtMessage {
  /** Members of the record. */
  readonly record: Readonly<Record<string, unknown>>;
  /** A required value was missing, or of the wrong type. */
  readonly isMalformed: boolean;
}

/** @returns undefined if it is not a message at all */
export function parseMessage(bytes: Uint8Array, start: number, end: number): DhtMessage | undefined {
  const message = readDictionary(bytes, start, end);
  const kind = message && text(message.get('y'));
  if (!message || kind === undefined) return undefined;
  const transaction = hex(message.get('t'));
  const version = hex(message.get('v'));
  const content = contentOf(kind, message);
  const record = {
    transaction_id: transaction ?? '',
    ...(version !== undefined && { client_version: version }),
    ...content,
  };
  return { record, isMalformed: transaction === undefined || content === undefined };
}

function contentOf(kind: string, message: Dictionary): object | undefined {
  switch (kind) {
    case 'q':
      return requestOf(text(message.get('q')), message.get('a'));
    case 'r':
      return responseOf(message.get('r'));
    case 'e':
      return errorOf(message.get('e'));
    default:
      return undefined;
  }
}

function requestOf(type: string | undefined, argument: Bencoded | undefined): object | undefined {
  if (type === undefined || !(argument instanceof Map)) return undefined;
  const values: Dictionary = argument;
  const id = hex(values.get('id'));
  if (id === undefined) return undefined;
  const request = {
    id,
    target: hex(values.get('target')),
    info_hash: hex(values.get('info_hash')),
    token: hex(values.get('token')),
    implied_port: integer(values.get('implied_port')),
    port: integer(values.get('port')),
  };
  return { request_type: type, request };
}

function responseOf(argument: Bencoded | undefined): object | undefined {
  if (!(argument instanceof Map)) return undefined;
  const values: Dictionary = argument;
  const id = hex(values.get('id'));
  if (id === undefined) return undefined;
  const peers = values.get('values');
  const response = {
    id,
    nodes: nodesOf(values.get('nodes'), 4),
    nodes6: nodesOf(values.get('nodes6'), 16),
    values: Array.isArray(peers) ? peers.flatMap(peer) : undefined,
    token: hex(values.get('token')),
  };
  return { response };
}

function errorOf(argument: Bencoded | undefined): object | undefined {
  if (!Array.isArray(argument)) return undefined;
  const [num, msg] = [integer(argument[0]), text(argument[1])];
  return num === undefined || msg === undefined ? undefined : { error: { num, msg } };
}

const ID = 20;

/** Consecutive nodes; undefined if there are none, or bytes are left over. */
function nodesOf(value: Bencoded | undefined, addressLength: number): object[] | undefined {
  const size = ID + addressLength + 2;
  if (!(value instanceof Uint8Array) || value.length === 0 || value.length % size !== 0) return undefined;
  return Array.from({ length: value.length / size }, (_, i) => {
    const node = value.subarray(i * size, (i + 1) * size);
    return { id: hex(node.subarray(0, ID)), ...endpoint(node.subarray(ID)) };
  });
}

function peer(value: Bencoded): object[] {
  const isRight = value instanceof Uint8Array && (value.length === 6 || value.length === 18);
  return isRight ? [endpoint(value)] : [];
}

function endpoint(bytes: Uint8Array): object {
  const address = bytes.subarray(0, bytes.length - 2);
  const port = (bytes.at(-2)! << 8) | bytes.at(-1)!;
  return { ip: address.length === 4 ? address.join('.') : address6(address), port };
}

function address6(bytes: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  return words.map(word => word.toString(16).padStart(4, '0')).join(':');
}

function hex(value: Bencoded | undefined): string | undefined {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : undefined;
}

function text(value: Bencoded | undefined): string | undefined {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : undefined;
}

function integer(value: Bencoded | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
