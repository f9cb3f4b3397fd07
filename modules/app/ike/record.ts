/** The EVE record of IKE. */
import type { OutputsByOption } from '../../../engine/config/output-list.js';
import type { OutputRecord } from '../../../engine/protocol.js';
import type { IkeTransaction, Party } from './exchange.js';
import { hex } from './header.js';
import {
  ATTRIBUTES_1,
  EXCHANGES_1,
  NOTIFICATIONS,
  PAYLOADS_1,
  PAYLOADS_2,
  TRANSFORM_KINDS,
  TRANSFORM_MEMBERS,
  TRANSFORMS_2,
} from './names.js';
import type { Attribute, Transform } from './proposals.js';

type Json = Record<string, unknown>;
const INITIATOR = 0x08;
const FIRST_STATUS = 16384;

const unnamed = (kind: string, number: number): string => `${kind}(${number} / 0x${number.toString(16)})`;

/** @param extended whether to log the exchange type by name */
export function ikeRecord(transaction: IkeTransaction, extended: boolean): string {
  const { header, payloads } = transaction;
  const record = {
    version_major: header.major,
    version_minor: header.minor,
    init_spi: header.initiatorSpi,
    resp_spi: header.responderSpi,
    message_id: header.messageId,
    exchange_type: header.exchange,
    ...(header.major === 1 &&
      extended && { exchange_type_verbose: EXCHANGES_1[header.exchange] ?? 'Unknown' }),
    ...(header.major === 1 ? chosenOf(transaction) : transformsOf(transaction.state.chosen)),
    ...(header.major === 2 && { role: header.flags & INITIATOR ? 'initiator' : 'responder' }),
    ...(transaction.serverProposals.length > 0 && { server_proposals: serverProposals(transaction) }),
    payload: payloads.map(type => payloadName(header.major, type)),
    ...(header.major === 1 ? { ikev1: version1(transaction) } : { ikev2: version2(transaction) }),
  };
  return `"ike":${JSON.stringify(record)}`;
}

function payloadName(version: number, type: number): string {
  if (version === 1) return PAYLOADS_1[type] ?? `Unknown (${type})`;
  return PAYLOADS_2[type] ?? unnamed('IkePayloadType', type);
}

/** The values negotiated in version 1, which has no extended sequence numbers. */
function chosenOf({ attributes }: IkeTransaction): Json {
  return attributes.length > 0 ? { ...attributesOf(attributes), alg_esn: 'NoESN' } : {};
}

function serverProposals({ header, serverProposals: list }: IkeTransaction): Json[] {
  return header.major === 1
    ? (list as readonly (readonly Attribute[])[]).map(attributesOf)
    : (list as readonly (readonly Transform[])[]).map(transformsOf);
}

/** Each by name and as a number; of duplicates, the first. */
function attributesOf(attributes: readonly Attribute[]): Json {
  const json: Json = {};
  for (const { type, value } of attributes) {
    const known = ATTRIBUTES_1[type];
    if (!known || known.member in json) continue;
    json[known.member] = known.names[value] ?? 'Unknown';
    json[`${known.member}_raw`] = value;
  }
  return json;
}

function transformsOf(transforms: readonly Transform[]): Json {
  const json: Json = {};
  for (const { type, id } of transforms) {
    const member = TRANSFORM_MEMBERS[type];
    if (member !== undefined) json[member] = TRANSFORMS_2[type]?.[id] ?? unnamed(TRANSFORM_KINDS[type]!, id);
  }
  return json;
}

function version1({ state, isEncrypted, vendors }: IkeTransaction): Json {
  const client = partyOf(state.client);
  const server = partyOf(state.server);
  return {
    ...(state.domain !== undefined && { doi: state.domain }),
    encrypted_payloads: isEncrypted,
    // Values of earlier messages are logged only with unencrypted ones.
    ...(!isEncrypted && Object.keys(client).length > 0 && { client }),
    ...(!isEncrypted && Object.keys(server).length > 0 && { server }),
    ...(vendors.length > 0 && { vendor_ids: vendors.map(hex) }),
  };
}

function partyOf({ keyExchange, nonce, proposals }: Party): Json {
  return {
    ...(keyExchange && {
      key_exchange_payload: hex(keyExchange),
      key_exchange_payload_length: keyExchange.length,
    }),
    ...(nonce && { nonce_payload: hex(nonce), nonce_payload_length: nonce.length }),
    ...(proposals.length > 0 && { proposals: proposals.map(attributesOf) }),
  };
}

function version2({ notifications }: IkeTransaction): Json {
  return {
    errors: notifications.filter(each => each < FIRST_STATUS).length,
    notify: notifications.map(each => NOTIFICATIONS[each] ?? `Notify(${each})`),
  };
}

/** The record for the outputs with `extended`, and for the others. */
export function ikeRecords(transaction: IkeTransaction, { on, off }: OutputsByOption): OutputRecord[] {
  return [
    ...(on > 0 ? [{ members: ikeRecord(transaction, true), outputs: on }] : []),
    ...(off > 0 ? [{ members: ikeRecord(transaction, false), outputs: off }] : []),
  ];
}
