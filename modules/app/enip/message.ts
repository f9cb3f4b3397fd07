/**
 * EtherNet/IP encapsulation (CIP Networks Library volume 2, 2-3) with the contents of its messages. All numbers are
 * little endian.
 */
import { type CipMessage, readCip } from './cip.js';

export const HEADER = 24;
export const NOP = 0;
export const LIST_SERVICES = 0x04;
export const LIST_IDENTITY = 0x63;
export const REGISTER_SESSION = 0x65;
export const UNREGISTER_SESSION = 0x66;
const SEND_RR_DATA = 0x6f;
const SEND_UNIT_DATA = 0x70;

export const COMMANDS = {
  nop: NOP,
  list_services: LIST_SERVICES,
  list_identity: LIST_IDENTITY,
  list_interfaces: 0x64,
  register_session: REGISTER_SESSION,
  unregister_session: UNREGISTER_SESSION,
  send_rr_data: SEND_RR_DATA,
  send_unit_data: SEND_UNIT_DATA,
  indicate_status: 0x72,
  cancel: 0x73,
} as const;

export const STATUS = {
  success: 0,
  invalid_cmd: 1,
  no_resources: 2,
  invalid_data: 3,
  invalid_session: 0x64,
  invalid_length: 0x65,
  unsupported_prot_rev: 0x69,
  encap_header_error: 0x6a,
} as const;

/** Identity reported by a device. */
export interface Identity {
  readonly protocolVersion: number;
  readonly vendor: number;
  readonly deviceType: number;
  readonly productCode: number;
  readonly revision: number;
  readonly status: number;
  readonly serial: number;
  readonly productName: Uint8Array;
  readonly state: number;
}

export interface Service {
  readonly protocolVersion: number;
  readonly capabilities: number;
  readonly name: Uint8Array;
}

/** Of a session. */
export interface Registration {
  readonly protocolVersion: number;
  readonly options: number;
}

export interface EnipMessage {
  readonly command: number;
  readonly session: number;
  readonly status: number;
  readonly registration: Registration | undefined;
  readonly identities: readonly Identity[];
  readonly services: readonly Service[];
  readonly cip: CipMessage | undefined;
  /** The data required by its command is incomplete. */
  readonly isInvalid: boolean;
}

const KNOWN: ReadonlySet<number> = new Set(Object.values(COMMANDS));
const MAX_ITEMS = 32;

export function isKnown(command: number): boolean {
  return KNOWN.has(command);
}

/** @param bytes of a whole message; kept */
export function parseMessage(bytes: Uint8Array): EnipMessage | undefined {
  if (bytes.length < HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const command = view.getUint16(0, true);
  const body = new DataView(bytes.buffer, bytes.byteOffset + HEADER, bytes.length - HEADER);
  const isRegistration = command === REGISTER_SESSION && body.byteLength >= 4;
  const list = ITEMS_AT.has(command) ? items(body, ITEMS_AT.get(command)!) : [];
  return {
    command,
    session: view.getUint32(4, true),
    status: view.getUint32(8, true),
    registration: isRegistration
      ? { protocolVersion: body.getUint16(0, true), options: body.getUint16(2, true) }
      : undefined,
    identities: command === LIST_IDENTITY ? list.flatMap(identityOf) : [],
    services: command === LIST_SERVICES ? list.flatMap(serviceOf) : [],
    cip: command === SEND_RR_DATA || command === SEND_UNIT_DATA ? cipOf(list) : undefined,
    isInvalid: body.byteLength > 0 && !isRegistration && isCut(command, body, list.length),
  };
}

/** Offset of the items in messages that have them. */
const ITEMS_AT: ReadonlyMap<number, number> = new Map([
  [LIST_IDENTITY, 0],
  [LIST_SERVICES, 0],
  [SEND_RR_DATA, 6],
  [SEND_UNIT_DATA, 6],
]);

/** Whether a body is too short for its command. @param count of the items present */
function isCut(command: number, body: DataView, count: number): boolean {
  const at = ITEMS_AT.get(command);
  if (at === undefined) return command === REGISTER_SESSION;
  return at + 2 > body.byteLength || count < Math.min(MAX_ITEMS, body.getUint16(at, true));
}

interface Item {
  readonly type: number;
  readonly view: DataView;
}

/** Items of the common packet format, after their number at `at`. */
function items(body: DataView, at: number): Item[] {
  const list: Item[] = [];
  if (at + 2 > body.byteLength) return list;
  const count = Math.min(MAX_ITEMS, body.getUint16(at, true));
  let next = at + 2;
  for (let i = 0; i < count && next + 4 <= body.byteLength; i++) {
    const length = body.getUint16(next + 2, true);
    if (next + 4 + length > body.byteLength) break;
    const view = new DataView(body.buffer, body.byteOffset + next + 4, length);
    list.push({ type: body.getUint16(next, true), view });
    next += 4 + length;
  }
  return list;
}

const bytesOf = (view: DataView, from: number, to = view.byteLength): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + from, to - from);

function identityOf({ type, view }: Item): Identity[] {
  if (type !== 0x0c || view.byteLength < 33) return [];
  const nameEnd = 33 + view.getUint8(32);
  if (nameEnd > view.byteLength) return [];
  return [
    {
      protocolVersion: view.getUint16(0, true),
      vendor: view.getUint16(18, true),
      deviceType: view.getUint16(20, true),
      productCode: view.getUint16(22, true),
      revision: view.getUint16(24, true),
      status: view.getUint16(26, true),
      serial: view.getUint32(28, true),
      productName: bytesOf(view, 33, nameEnd),
      state: nameEnd < view.byteLength ? view.getUint8(nameEnd) : 0,
    },
  ];
}

function serviceOf({ type, view }: Item): Service[] {
  if (type !== 0x100 || view.byteLength < 20) return [];
  const name = bytesOf(view, 4, 20);
  const end = name.indexOf(0);
  return [
    {
      protocolVersion: view.getUint16(0, true),
      capabilities: view.getUint16(2, true),
      name: end < 0 ? name : name.subarray(0, end),
    },
  ];
}

const CONNECTED = 0xb1;
const UNCONNECTED = 0xb2;

function cipOf(list: readonly Item[]): CipMessage | undefined {
  for (const { type, view } of list) {
    if (type === UNCONNECTED) return readCip(bytesOf(view, 0));
    // A sequence number precedes connected data.
    if (type === CONNECTED && view.byteLength >= 2) return readCip(bytesOf(view, 2));
  }
  return undefined;
}
