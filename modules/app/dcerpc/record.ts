/** Members of EVE records for calls. */
import type { Interface } from './bindings.js';
import type { Call, CallSide } from './call.js';
import { REQUEST, RESPONSE, typeName } from './pdu.js';

/**
 * Both sides of a call.
 * @param bound whether the call is on a connection: its record contains the negotiated interfaces
 */
export function callMembers(call: Call, bound: boolean): object {
  const { request, response, interfaces, opnum } = call;
  return {
    request: request.done ? typeName(request.type!) : 'REQUEST_LOST',
    ...(request.type === REQUEST && { req: { opnum, ...amounts(request) } }),
    ...(bound && interfaces.length > 0 && { interfaces: interfaces.map(interfaceMembers) }),
    response: response.done ? typeName(response.type!) : 'UNREPLIED',
    ...(response.type === RESPONSE && { res: amounts(response) }),
  };
}

export function amounts({ fragments, stub }: CallSide): object {
  return { frag_cnt: fragments, stub_data_size: stub.length };
}

export function interfaceMembers({ uuid, major, minor, result }: Interface): object {
  const version = `${major}.${minor}`;
  return { uuid, version, ...(result !== undefined && { ack_result: result }) };
}
