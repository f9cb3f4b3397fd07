/** The EVE record of a request with its responses. */
import { bytesText } from '../../../engine/record/bytes-text.js';
import { detailOf } from './detail.js';
import type { LdapTransaction } from './exchange.js';
import type { LdapMessage } from './message.js';
import { operationName, resultName } from './operation.js';

export function ldapRecord({ request, responses }: LdapTransaction): string {
  const record = {
    ...(request && { request: messageJson(request) }),
    ...(responses.length > 0 && { responses: responses.map(messageJson) }),
  };
  return `"ldap":${JSON.stringify(record)}`;
}

function messageJson(message: LdapMessage): object {
  const { id, operation, result } = message;
  const detail = detailOf(message);
  const name = operationName(operation)!;
  const members = {
    ...(result && {
      result_code: resultName(result.code),
      matched_dn: json(result.matchedDn),
      message: json(result.message),
    }),
    ...(json(detail ?? {}) as object),
  };
  return { operation: name, message_id: id, ...((detail || result) && { [name]: members }) };
}

/** Converts bytes to text at any depth. */
function json(value: unknown): unknown {
  if (value instanceof Uint8Array) return bytesText(value);
  if (Array.isArray(value)) return value.map(json);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, json(each)]));
}
