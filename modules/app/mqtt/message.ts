/** Messages (MQTT 3.1.1 and 5.0, 3): the contents of each type. */
import { TextList } from '../../../engine/application/text-list.js';
import * as Type from './control-packet.js';
import { Fields, type PacketHeader } from './control-packet.js';
import { type Properties, readProperties } from './properties.js';

export interface Topics {
  readonly names: TextList;
  /** Requested quality of service of each; 0 when unsubscribing. */
  readonly qos: readonly number[];
}

export interface ConnectParts {
  readonly protocol: Uint8Array;
  readonly version: number;
  /** Bits as on the wire. */
  readonly flags: number;
  readonly clientId: Uint8Array;
  readonly will?: {
    readonly topic: Uint8Array;
    readonly message: Uint8Array;
    readonly properties: Properties;
  };
  readonly username?: Uint8Array;
  readonly password?: Uint8Array;
}

export interface Message {
  readonly header: PacketHeader;
  readonly toServer: boolean;
  /** It exceeded the maximum length: only its header is known. */
  readonly skipped?: boolean;
  readonly id?: number;
  readonly connect?: ConnectParts;
  readonly sessionPresent?: boolean;
  /** Return or reason codes. */
  readonly codes?: readonly number[];
  readonly topics?: Topics;
  readonly topic?: Uint8Array;
  readonly payload?: Uint8Array;
  readonly properties?: Properties;
}

type Parts = Omit<Message, 'header' | 'toServer'>;

const WILL = 0x04;
const PASSWORD = 0x40;
const USERNAME = 0x80;
const NO_PROPERTIES: Properties = [];
/** Maximum topics of one message that are kept, regardless of rules. */
const MAX_TOPICS = 4096;

/** @param version of the protocol  @returns undefined if fields are missing */
export function parseBody(header: PacketHeader, bytes: Uint8Array, version: number): Parts | undefined {
  const fields = new Fields(bytes);
  const parts = partsOf(header, fields, version);
  return fields.broken ? undefined : parts;
}

function partsOf(header: PacketHeader, fields: Fields, version: number): Parts {
  const v5 = version === 5;
  switch (header.type) {
    case Type.CONNECT:
      return connect(fields);
    case Type.CONNACK: {
      const sessionPresent = (fields.number(1) & 1) !== 0;
      return { sessionPresent, codes: [fields.number(1)], ...(v5 && { properties: readProperties(fields) }) };
    }
    case Type.PUBLISH:
      return publish(header, fields, v5);
    case Type.PUBACK:
    case Type.PUBREC:
    case Type.PUBREL:
    case Type.PUBCOMP:
      return { id: fields.number(2), ...reason(fields, v5) };
    case Type.SUBSCRIBE:
    case Type.UNSUBSCRIBE:
      return subscription(header.type === Type.SUBSCRIBE, fields, v5);
    case Type.SUBACK:
    case Type.UNSUBACK:
      return acknowledgement(fields, v5);
    case Type.DISCONNECT:
    case Type.AUTH:
      // Suricata ignores a code without properties.
      return fields.left === 1 && v5 ? { codes: [0] } : reason(fields, v5);
    default:
      return {};
  }
}

function connect(fields: Fields): Parts {
  const protocol = fields.text();
  const version = fields.number(1);
  const flags = fields.number(1);
  // Keep alive.
  fields.number(2);
  const properties = version === 5 ? readProperties(fields) : NO_PROPERTIES;
  const clientId = fields.text();
  const will = (flags & WILL) !== 0 ? readWill(fields, version) : undefined;
  const username = (flags & USERNAME) !== 0 ? fields.text() : undefined;
  const password = (flags & PASSWORD) !== 0 ? fields.text() : undefined;
  return {
    connect: {
      protocol,
      version,
      flags,
      clientId,
      ...(will && { will }),
      ...(username && { username }),
      ...(password && { password }),
    },
    ...(version === 5 && { properties }),
  };
}

function readWill(fields: Fields, version: number): NonNullable<ConnectParts['will']> {
  const properties = version === 5 ? readProperties(fields) : NO_PROPERTIES;
  return { properties, topic: fields.text(), message: fields.text() };
}

function publish({ qos }: PacketHeader, fields: Fields, v5: boolean): Parts {
  const topic = fields.text();
  const id = qos > 0 ? fields.number(2) : undefined;
  const properties = v5 ? readProperties(fields) : undefined;
  return {
    topic,
    ...(id !== undefined && { id }),
    ...(properties && { properties }),
    payload: fields.rest(),
  };
}

/** A code, which is 0 if omitted, and properties. */
function reason(fields: Fields, v5: boolean): Parts {
  if (!v5) return {};
  const codes = [fields.left > 0 ? fields.number(1) : 0];
  return { codes, ...(fields.left > 0 && { properties: readProperties(fields) }) };
}

function subscription(withQos: boolean, fields: Fields, v5: boolean): Parts {
  const id = fields.number(2);
  const properties = v5 ? readProperties(fields) : undefined;
  const names = new TextList();
  const qos: number[] = [];
  while (fields.left > 0 && !fields.broken && qos.length < MAX_TOPICS) {
    names.add(fields.text());
    qos.push(withQos ? fields.number(1) & 3 : 0);
  }
  return { id, topics: { names, qos }, ...(properties && { properties }) };
}

function acknowledgement(fields: Fields, v5: boolean): Parts {
  const id = fields.number(2);
  const properties = v5 ? readProperties(fields) : undefined;
  return { id, codes: [...fields.rest()], ...(properties && { properties }) };
}
