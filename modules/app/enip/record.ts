/** The EVE record of EtherNet/IP. */
import type { CipMessage } from './cip.js';
import type { EnipTransaction } from './exchange.js';
import { COMMANDS, type EnipMessage, STATUS } from './message.js';
import {
  className,
  deviceTypeName,
  extendedStatusMeaning,
  serviceName,
  statusName,
  vendorName,
} from './names.js';

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

function side({ command, status, registration, identities, services, cip }: EnipMessage): object {
  const [identity] = identities;
  const [service] = services;
  return {
    command: nameIn(COMMANDS, command),
    status: nameIn(STATUS, status),
    ...(registration && {
      register_session: { protocol_version: registration.protocolVersion, options: registration.options },
    }),
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
        vendor_id: vendorName(identity.vendor),
        device_type: deviceTypeName(identity.deviceType),
        product_code: identity.productCode,
        status: identity.status,
        serial: identity.serial,
        product_name: text(identity.productName),
        state: identity.state,
      },
    }),
    ...(cip && { cip: cipJson(cip) }),
  };
}

function cipJson(message: CipMessage): object {
  const { service, isResponse, parts } = message;
  return {
    service: serviceName(service),
    ...(isResponse ? responseJson(message) : requestJson(message)),
    ...(parts.length > 0 && { multiple: parts.map(cipJson) }),
  };
}

function requestJson({ path }: CipMessage): object {
  const first = path.find(({ kind }) => kind === 'class')?.value;
  return {
    ...(path.length > 0 && { path: path.map(({ kind, value }) => ({ segment_type: kind, value })) }),
    ...(first !== undefined && { class_name: className(first) }),
  };
}

function responseJson({ status, extendedStatus }: CipMessage): object {
  const meaning = extendedStatus === undefined ? undefined : extendedStatusMeaning(extendedStatus);
  return {
    ...(status !== undefined && { status: statusName(status) }),
    ...(extendedStatus !== undefined && { status_extended: extendedStatus.toString(16).padStart(4, '0') }),
    ...(meaning !== undefined && { status_extended_meaning: meaning }),
  };
}
