/** IKE messages: each is a transaction. Values negotiated in one message are logged with later ones. */
import type { Session } from '../../../engine/application/session.js';
import { uint16, uint32 } from '../../../engine/packet/network-order.js';
import { OneSidedTransaction } from '../../../engine/protocol.js';
import { HEADER, hex, type IkeHeader, type Payload, readHeader, readPayloads } from './header.js';
import { type Attribute, readAttributes, readProposals, type Transform } from './proposals.js';

export const COMPLETE = 1;
export const EVENTS = [
  'malformed_data',
  'no_encryption',
  'weak_crypto_enc',
  'weak_crypto_prf',
  'weak_crypto_dh',
  'weak_crypto_auth',
  'weak_crypto_nodh',
  'weak_crypto_noauth',
  'invalid_proposal',
  'unknown_proposal',
  'payload_extra_data',
  'multiple_server_proposal',
] as const;

/** Payloads of one side in version 1. */
export class Party {
  keyExchange: Uint8Array | undefined;
  nonce: Uint8Array | undefined;
  proposals: readonly (readonly Attribute[])[] = [];
  readonly vendors = new Set<string>();
}

const MAX_VENDORS = 64;

/** State of the connection. */
export class IkeState {
  readonly client = new Party();
  readonly server = new Party();
  domain: number | undefined;
  /** Transforms selected by the responder in version 2. */
  chosen: readonly Transform[] = [];
}

export class IkeTransaction extends OneSidedTransaction {
  /** Types of payloads, in descending order. */
  payloads: readonly number[] = [];
  keyExchange: Uint8Array | undefined;
  nonce: Uint8Array | undefined;
  vendors: readonly Uint8Array[] = [];
  notifications: readonly number[] = [];
  /** Attributes selected by the responder in this message. */
  attributes: readonly Attribute[] = [];
  transforms: readonly Transform[] = [];
  /** All selections of the responder, if there is more than one, which is not allowed. */
  serverProposals: readonly (readonly Attribute[])[] | readonly (readonly Transform[])[] = [];

  constructor(
    id: number,
    toServer: boolean,
    readonly header: IkeHeader,
    readonly state: IkeState,
  ) {
    super(id, toServer);
  }

  get isEncrypted(): boolean {
    return this.header.major === 1 && (this.header.flags & 1) !== 0;
  }
}

type IkeSession = Session<IkeTransaction>;

/** Types of payloads by version: security association, key exchange, nonce, notification, vendor. */
const TYPES = [
  { sa: 1, keyExchange: 4, nonce: 10, notify: 11, vendor: 13 },
  { sa: 33, keyExchange: 34, nonce: 40, notify: 41, vendor: 43 },
] as const;

/** @param bytes of one message, kept */
export function addMessage(session: IkeSession, bytes: Uint8Array, toServer: boolean): void {
  session.state ??= new IkeState();
  const state = session.state as IkeState;
  const header = readHeader(bytes, 0, bytes.length);
  if (!header) {
    session.failed = true;
    return;
  }
  const transaction = new IkeTransaction(session.transactionCount, toServer, header, state);
  session.begin(transaction);
  const report = (event: (typeof EVENTS)[number]) => session.event(transaction, event);
  if (!transaction.isEncrypted) readMessage(transaction, header, bytes, report);
  session.advance(transaction, toServer, COMPLETE);
}

type Report = (event: (typeof EVENTS)[number]) => void;

function readMessage(
  transaction: IkeTransaction,
  header: IkeHeader,
  bytes: Uint8Array,
  report: Report,
): void {
  const chain = readPayloads(bytes.subarray(HEADER), header.firstPayload);
  if (!chain) {
    report('malformed_data');
    return;
  }
  if (chain.extra > 0) report('payload_extra_data');
  const { payloads } = chain;
  const present = payloads.map(each => (header.major === 1 ? each.type : each.next));
  if (header.major === 2) present.push(header.firstPayload);
  const types = TYPES[header.major - 1]!;
  for (const payload of payloads) {
    if (payload.type === types.sa)
      present.push(...readSecurityAssociation(transaction, header, payload.content, report));
    else storePayload(transaction, payload, types);
  }
  transaction.payloads = [...new Set(present)].sort((a, b) => b - a);
}

function storePayload(
  transaction: IkeTransaction,
  { type, content }: Payload,
  types: (typeof TYPES)[number],
): void {
  const party = transaction.toServer ? transaction.state.client : transaction.state.server;
  if (type === types.keyExchange) {
    // In version 2, it is preceded by the number of the group.
    transaction.keyExchange = types === TYPES[1] ? content.subarray(4) : content;
    party.keyExchange = transaction.keyExchange;
  } else if (type === types.nonce) {
    transaction.nonce = content;
    party.nonce = content;
  } else if (type === types.vendor) {
    transaction.vendors = [...transaction.vendors, content];
    if (party.vendors.size < MAX_VENDORS) party.vendors.add(hex(content));
  } else if (type === types.notify && types === TYPES[1] && content.length >= 4)
    transaction.notifications = [...transaction.notifications, uint16(content, 2)];
}

/** @returns types of the payloads within it */
function readSecurityAssociation(
  transaction: IkeTransaction,
  header: IkeHeader,
  content: Uint8Array,
  report: Report,
): readonly number[] {
  if (header.major === 2) {
    processProposals(transaction, readProposals(content), report);
    return [];
  }
  if (content.length < 8) {
    report('malformed_data');
    return [];
  }
  const { state, toServer } = transaction;
  const list = readAttributes(content.subarray(8));
  state.domain = uint32(content, 0);
  (toServer ? state.client : state.server).proposals = list;
  if (!toServer) {
    transaction.attributes = list[0] ?? [];
    if (list.length > 1) reportMultipleProposals(transaction, list, report);
  }
  return list.length > 0 ? [2, 3] : [];
}

function processProposals(transaction: IkeTransaction, list: readonly Transform[][], report: Report): void {
  for (const transforms of list) checkTransforms(transforms, report);
  if (transaction.toServer) return;
  if (list.length > 1) reportMultipleProposals(transaction, list, report);
  transaction.transforms = list[0] ?? [];
  transaction.state.chosen = transaction.transforms;
}

function reportMultipleProposals(
  transaction: IkeTransaction,
  list: IkeTransaction['serverProposals'],
  report: Report,
): void {
  transaction.serverProposals = list;
  report('multiple_server_proposal');
}

const [ENCRYPTION, PRF, INTEGRITY, GROUP] = [1, 2, 3, 4];
/** Algorithms that should no longer be used (RFC 8247). */
const WEAK: Readonly<Record<number, ReadonlySet<number>>> = {
  [ENCRYPTION]: new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]),
  [PRF]: new Set([0, 1, 2]),
  [INTEGRITY]: new Set([1, 2, 3, 4, 6, 7]),
  [GROUP]: new Set([1, 2, 5, 22]),
};
const NULL_ENCRYPTION = new Set([11, 21]);
/** Ciphers with integrated authentication (RFC 5282). */
const COMBINED = new Set([14, 15, 16, 18, 19, 20, 25, 26, 27, 28]);
const WEAK_EVENTS: Readonly<Record<number, (typeof EVENTS)[number]>> = {
  [ENCRYPTION]: 'weak_crypto_enc',
  [PRF]: 'weak_crypto_prf',
  [INTEGRITY]: 'weak_crypto_auth',
  [GROUP]: 'weak_crypto_dh',
};

const [FIRST_TYPE, LAST_TYPE] = [1, 5];

function checkTransforms(transforms: readonly Transform[], report: Report): void {
  for (const { type, id } of transforms) {
    if (type < FIRST_TYPE || type > LAST_TYPE) report('unknown_proposal');
    if (WEAK[type]?.has(id)) report(WEAK_EVENTS[type]!);
    if (type === ENCRYPTION && NULL_ENCRYPTION.has(id)) report('no_encryption');
    if (type === INTEGRITY && id === 0) report('weak_crypto_noauth');
    if (type === GROUP && id === 0) report('weak_crypto_nodh');
  }
  const has = (type: number) => transforms.some(each => each.type === type);
  const authenticates = transforms.some(({ type, id }) => type === ENCRYPTION && COMBINED.has(id));
  if (!has(INTEGRITY) && !authenticates) report('weak_crypto_noauth');
  if (!has(GROUP)) report('weak_crypto_nodh');
}
