/** The EVE record of a group of related messages. */
import { bytesText } from '../../../engine/record/bytes-text.js';
import * as Type from './control-packet.js';
import { TYPE_NAMES } from './control-packet.js';
import type { MqttTransaction } from './exchange.js';
import type { ConnectParts, Message } from './message.js';
import type { Properties } from './properties.js';
import type { MqttSettings } from './settings.js';

export function mqttRecord({ messages, settings }: MqttTransaction): string {
  const record = Object.fromEntries(
    messages.map(message => [TYPE_NAMES[message.header.type]!.toLowerCase(), messageJson(message, settings)]),
  );
  return `"mqtt":${JSON.stringify(record)}`;
}

function messageJson(message: Message, settings: MqttSettings): object {
  const { qos, retain, dup, head, length } = message.header;
  const flags = { qos, retain, dup };
  if (message.skipped) return { ...flags, truncated: true, skipped_length: head + length };
  const { connect, sessionPresent, topic, id, topics, payload, properties } = message;
  const text = (bytes: Uint8Array) => limited(bytes, settings.maxTextLength);
  return {
    ...flags,
    ...(connect && connectJson(connect, settings, text)),
    ...(sessionPresent !== undefined && { session_present: sessionPresent }),
    ...(topic && { topic: text(topic) }),
    ...(id !== undefined && { message_id: id }),
    ...(payload && { message: text(payload) }),
    ...(topics && { topics: topicsJson(message, settings) }),
    ...codesJson(message),
    ...(properties && properties.length > 0 && { properties: propertiesJson(properties, text) }),
  };
}

function limited(bytes: Uint8Array, limit: number): string {
  const shown = bytesText(bytes.subarray(0, limit));
  return bytes.length <= limit ? shown : `${shown}[truncated ${bytes.length - limit} additional bytes]`;
}

type Text = (bytes: Uint8Array) => string;

function connectJson(parts: ConnectParts, { passwords }: MqttSettings, text: Text): object {
  const { flags, username, password, will } = parts;
  return {
    protocol_string: text(parts.protocol),
    protocol_version: parts.version,
    flags: {
      username: (flags & 0x80) !== 0,
      password: (flags & 0x40) !== 0,
      will_retain: (flags & 0x20) !== 0,
      will: (flags & 0x04) !== 0,
      clean_session: (flags & 0x02) !== 0,
    },
    client_id: text(parts.clientId),
    ...(username && { username: text(username) }),
    ...(passwords && password && { password: text(password) }),
    ...(will && {
      will: {
        topic: text(will.topic),
        message: text(will.message),
        ...(will.properties.length > 0 && { properties: propertiesJson(will.properties, text) }),
      },
    }),
  };
}

/** One limit applies to all of them together. */
function topicsJson({ header, topics }: Message, { maxTextLength }: MqttSettings): unknown[] {
  let left = maxTextLength;
  const list: unknown[] = [];
  const { names, qos: asked } = topics!;
  for (const [i, qos] of asked.entries()) {
    if (left <= 0) break;
    const topic = names.at(i)!;
    const shown = limited(topic, left);
    left -= topic.length;
    list.push(header.type === Type.UNSUBSCRIBE ? shown : { topic: shown, qos });
  }
  return list;
}

function codesJson({ header, codes }: Message): object {
  if (!codes) return {};
  switch (header.type) {
    case Type.CONNACK:
      return { return_code: codes[0] };
    case Type.SUBACK:
      return { qos_granted: codes };
    case Type.UNSUBACK:
      return codes.length > 0 ? { reason_codes: codes } : {};
    default:
      return { reason_code: codes[0] };
  }
}

/** User properties under their own names; of equal names, the last is logged. */
function propertiesJson(properties: Properties, text: Text): object {
  return Object.fromEntries(
    properties.map(([name, value]) => {
      if (typeof value === 'number') return [name, value];
      return value instanceof Uint8Array ? [name, text(value)] : [text(value[0]), text(value[1])];
    }),
  );
}
