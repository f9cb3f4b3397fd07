/** The EVE record of a message. */
import { hardwareText } from '../../../engine/address.js';
import { uint32 } from '../../../engine/packet/network-order.js';
import { bytesText } from '../../../engine/record/bytes-text.js';
import * as Message from './message.js';
import { type DhcpMessage, type DhcpOption, REPLY } from './message.js';

const TYPES: Readonly<Record<number, string>> = {
  1: 'discover',
  2: 'offer',
  3: 'request',
  4: 'decline',
  5: 'ack',
  6: 'nak',
  7: 'release',
  8: 'inform',
};
const ACK = 5;
const ETHERNET = 1;

/** Options requested by a client, by name (RFC 2132). */
const PARAMETERS: Readonly<Record<number, string>> = {
  1: 'subnet_mask',
  2: 'time_offset',
  3: 'router',
  4: 'time_server',
  6: 'dns_server',
  7: 'log_server',
  12: 'hostname',
  15: 'domain',
  17: 'root_path',
  26: 'mtu',
  28: 'broadcast',
  33: 'static_route',
  40: 'nis_domain',
  41: 'nis_server',
  42: 'ntp_server',
  43: 'vendor_specific',
  44: 'netbios_name_server',
  46: 'netbios_node_type',
  47: 'netbios_scope',
  51: 'lease_time',
  54: 'server_id',
  58: 'renewal_time',
  59: 'rebinding_time',
  60: 'vendor_class_id',
  61: 'client_id',
  66: 'tftp_server_name',
  67: 'bootfile_name',
  119: 'domain_search',
  121: 'classless_static_route',
  150: 'tftp_server_address',
  252: 'wpad',
};

export function isAck({ options }: DhcpMessage): boolean {
  return options.some(({ code, data }) => code === Message.MESSAGE_TYPE && data[0] === ACK);
}

/** @param extended whether to log everything, not only who has which address */
export function dhcpRecord(message: DhcpMessage, extended: boolean): string {
  const { bytes, options } = message;
  const members: Record<string, unknown> = {
    type: bytes[0] === REPLY ? 'reply' : 'request',
    id: uint32(bytes, 4),
    client_mac: hardwareText(bytes.subarray(28, 34)),
    assigned_ip: address(bytes, 16),
    ...(extended && {
      client_ip: address(bytes, 12),
      relay_ip: address(bytes, 24),
      next_server_ip: address(bytes, 20),
    }),
  };
  for (const each of options) Object.assign(members, brief(each), extended && detailed(each));
  return `"dhcp":${JSON.stringify(members)}`;
}

function brief({ code, data }: DhcpOption): object {
  switch (code) {
    case Message.MESSAGE_TYPE:
      return data.length > 0 ? { dhcp_type: TYPES[data[0]!] ?? 'unknown' } : {};
    case Message.RENEWAL_TIME:
      return time('renewal_time', data);
    case Message.CLIENT_ID:
      return data.length > 0
        ? { client_id: hardwareText(data[0] === ETHERNET ? data.subarray(1) : data) }
        : {};
    default:
      return {};
  }
}

function detailed({ code, data }: DhcpOption): object {
  switch (code) {
    case Message.SUBNET_MASK:
      return data.length >= 4 ? { subnet_mask: address(data, 0) } : {};
    case Message.REQUESTED_IP:
      return data.length >= 4 ? { requested_ip: address(data, 0) } : {};
    case Message.ROUTERS:
      return { routers: addresses(data) };
    case Message.DNS_SERVERS:
      return { dns_servers: addresses(data) };
    case Message.HOSTNAME:
      return { hostname: bytesText(data) };
    case Message.VENDOR_CLASS:
      return { vendor_class_identifier: bytesText(data) };
    case Message.LEASE_TIME:
      return time('lease_time', data);
    case Message.REBINDING_TIME:
      return time('rebinding_time', data);
    case Message.PARAMETERS:
      return { params: [...data].flatMap(each => PARAMETERS[each] ?? []) };
    default:
      return {};
  }
}

const time = (name: string, data: Uint8Array): object =>
  data.length === 4 ? { [name]: uint32(data, 0) } : {};

const address = (bytes: Uint8Array, at: number): string => bytes.subarray(at, at + 4).join('.');

function addresses(data: Uint8Array): string[] {
  return Array.from({ length: data.length >> 2 }, (_, i) => address(data, 4 * i));
}
