/** Properties of version 5 (MQTT 5.0 2.2.2). */
import type { Fields } from './control-packet.js';

type Kind = 'byte' | 'number16' | 'number32' | 'variable' | 'text' | 'pair';

const KINDS: ReadonlyMap<number, readonly [string, Kind]> = new Map([
  [1, ['payload_format_indicator', 'byte']],
  [2, ['message_expiry_interval', 'number32']],
  [3, ['content_type', 'text']],
  [8, ['response_topic', 'text']],
  [9, ['correlation_data', 'text']],
  [11, ['subscription_identifier', 'variable']],
  [17, ['session_expiry_interval', 'number32']],
  [18, ['assigned_client_identifier', 'text']],
  [19, ['server_keep_alive', 'number16']],
  [21, ['authentication_method', 'text']],
  [22, ['authentication_data', 'text']],
  [23, ['request_problem_information', 'byte']],
  [24, ['will_delay_interval', 'number32']],
  [25, ['request_response_information', 'byte']],
  [26, ['response_information', 'text']],
  [28, ['server_reference', 'text']],
  [31, ['reason_string', 'text']],
  [33, ['receive_maximum', 'number16']],
  [34, ['topic_alias_maximum', 'number16']],
  [35, ['topic_alias', 'number16']],
  [36, ['maximum_qos', 'byte']],
  [37, ['retain_available', 'byte']],
  [38, ['user_property', 'pair']],
  [39, ['maximum_packet_size', 'number32']],
  [40, ['wildcard_subscription_available', 'byte']],
  [41, ['subscription_identifiers_available', 'byte']],
  [42, ['shared_subscription_available', 'byte']],
]);

export type Property = number | Uint8Array | readonly [Uint8Array, Uint8Array];
/** With names, in order: user properties and subscription identifiers may be repeated. */
export type Properties = readonly (readonly [string, Property])[];

const MAX_PROPERTIES = 1024;

/** Their length, and the properties. An unknown one makes the packet invalid: its length cannot be determined. */
export function readProperties(fields: Fields): Properties {
  const properties: [string, Property][] = [];
  const length = fields.variable();
  if (length > fields.left) {
    fields.broken = true;
    return properties;
  }
  const end = fields.left - length;
  for (let count = 0; fields.left > end && count < MAX_PROPERTIES && !fields.broken; count++) {
    const known = KINDS.get(fields.variable());
    if (!known) {
      fields.broken = true;
      break;
    }
    properties.push([known[0], readOne(fields, known[1])]);
  }
  return properties;
}

function readOne(fields: Fields, kind: Kind): Property {
  switch (kind) {
    case 'byte':
      return fields.number(1);
    case 'number16':
      return fields.number(2);
    case 'number32':
      return fields.number(4);
    case 'variable':
      return fields.variable();
    case 'text':
      return fields.text();
    default:
      return [fields.text(), fields.text()];
  }
}
