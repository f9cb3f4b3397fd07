/** Keywords of EtherNet/IP and CIP. */
import type { BufferDeclaration, TestDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import { allOf, type CipMessage } from './cip.js';
import { COMPLETE, type EnipTransaction } from './exchange.js';
import { COMMANDS, type EnipMessage, type Identity, STATUS } from './message.js';

type Value = ValueDeclaration<EnipTransaction>;

function value(
  keyword: string,
  bits: Value['bits'],
  summary: string,
  of: (message: EnipMessage) => readonly (number | undefined)[],
  more: Partial<Value> = {},
): Value {
  return {
    keyword,
    bits,
    summary,
    direction: 'either',
    progress: COMPLETE,
    get(transaction, toServer) {
      const message = transaction.message(toServer);
      return message ? of(message).filter(found => found !== undefined) : [];
    },
    ...more,
  };
}

function ofIdentity(
  name: string,
  bits: Value['bits'],
  summary: string,
  of: (identity: Identity) => number,
): Value {
  return value(`enip.${name}`, bits, summary, ({ identities }) => identities.map(of));
}

function ofCip(
  name: string,
  bits: Value['bits'],
  summary: string,
  of: (message: CipMessage) => readonly (number | undefined)[],
): Value {
  return value(`enip.${name}`, bits, summary, ({ cip }) => allOf(cip).flatMap(of));
}

export const VALUES: readonly Value[] = [
  value('enip_command', 16, 'Command of a message.', ({ command }) => [command], {
    aliases: ['enip.command'],
    names: COMMANDS,
  }),
  value('enip.status', 32, 'Status of a message.', ({ status }) => [status], { names: STATUS }),
  value('enip.protocol_version', 16, 'Protocol version.', message => [
    message.registration?.protocolVersion,
    ...message.identities.map(each => each.protocolVersion),
    ...message.services.map(each => each.protocolVersion),
  ]),
  value('enip.capabilities', 16, 'Capabilities of a service.', ({ services }) =>
    services.map(each => each.capabilities),
  ),
  ofIdentity('vendor_id', 16, 'Vendor id of a device.', each => each.vendor),
  ofIdentity('device_type', 16, 'Device type.', each => each.deviceType),
  ofIdentity('product_code', 16, 'Product code.', each => each.productCode),
  ofIdentity('revision', 16, 'Revision of a device.', each => each.revision),
  ofIdentity('identity_status', 16, 'Status of a device.', each => each.status),
  ofIdentity('serial', 32, 'Serial number of a device.', each => each.serial),
  ofIdentity('state', 8, 'State of a device.', each => each.state),
  ofCip('cip_class', 32, 'Class in the path of a CIP request.', each => each.named('class')),
  ofCip('cip_instance', 32, 'Instance in the path of a CIP request.', each => each.named('instance')),
  ofCip('cip_attribute', 32, 'Attribute in the path of a CIP request.', each => each.named('attribute')),
  ofCip('cip_status', 8, 'Status of a CIP response.', each => [each.status]),
  ofCip('cip_extendedstatus', 16, 'Extended status of a CIP response.', each => [each.extendedStatus]),
];

function name(
  keyword: string,
  summary: string,
  of: (message: EnipMessage) => readonly Uint8Array[],
): BufferDeclaration<EnipTransaction> {
  return {
    keyword,
    summary,
    direction: 'to_client',
    progress: COMPLETE,
    multiple: true,
    get: ({ response }, toServer, index) => (toServer || !response ? undefined : of(response)[index]),
  };
}

export const BUFFERS: readonly BufferDeclaration<EnipTransaction>[] = [
  name('enip.product_name', 'Product name.', ({ identities }) => identities.map(each => each.productName)),
  name('enip.service_name', 'Name of a service.', ({ services }) => services.map(each => each.name)),
];

export const TESTS: readonly TestDeclaration<EnipTransaction>[] = [
  {
    keyword: 'cip_service',
    direction: 'either',
    progress: COMPLETE,
    summary: 'Service of a CIP message, optionally followed by class and attribute.',
    grammar: 'service[, class[, attribute]]',
    parse(argument) {
      const numbers = (argument ?? '').split(',').map(each => Number(each.trim() || Number.NaN));
      const [service, ...others] = numbers;
      const isRight = (number: number, most: number) =>
        Number.isInteger(number) && number >= 0 && number <= most;
      if (numbers.length > 3 || !isRight(service!, 127) || !others.every(each => isRight(each, 65535)))
        throw new Error(`"${argument}": expected service[,class[,attribute]]`);
      return numbers;
    },
    matches(transaction, toServer, parsed) {
      const [service, ofClass, attribute] = parsed as readonly number[];
      return allOf(transaction.message(toServer)?.cip).some(
        message =>
          message.service === service &&
          (ofClass === undefined || message.named('class').includes(ofClass)) &&
          (attribute === undefined || message.named('attribute').includes(attribute)),
      );
    },
  },
];
