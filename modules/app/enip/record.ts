/** The EVE record of EtherNet/IP. */
import type { EnipTransaction } from './exchange.js';
import { COMMANDS, type EnipMessage, STATUS } from './message.js';

const nameIn = (names: Readonly<Record<string, number>>, number: number): string =>
  Object.entries(names).find(([, each]) => each === number)?.[0] ?? String(number);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

export function enipRecord({ request, response }: EnipTransaction): string {
  const record = {
    ...(request && { request: side(request) }),
    ...(response && { response: side(response) }),
  };
  return `"enip":${JSON.stringify(record)}`;
}

function side({ command, status, protocolVersion, identities, services, cip }: EnipMessage): object {
  const [identity] = identities;
  const [service] = services;
  return {
    command: nameIn(COMMANDS, command),
    status: nameIn(STATUS, status),
    ...(protocolVersion !== undefined && { register_session: { protocol_version: protocolVersion } }),
    ...(service && {
      list_services: {
        protocol_version: service.protocolVersion,
        capabilities: service.capabilities,
        service_name: text(service.name),
      },
    }),
    ...(identity && {
      identity: {
        protocol_version: identity.protocolVersion,
        revision: `${identity.revision & 0xff}.${identity.revision >> 8}`,
        vendor_id: identity.vendor,
        device_type: identity.deviceType,
        product_code: identity.productCode,
        status: identity.status,
        serial: identity.serial,
        product_name: text(identity.productName),
        state: identity.state,
      },
    }),
    ...(cip && { cip: { service: cip.service, ...(cip.status !== undefined && { status: cip.status }) } }),
  };
}
