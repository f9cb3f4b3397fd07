/**
 * The hash by which packets find their flow and their worker: both directions of a flow have the same one.
 * Each endpoint (address, port) is mixed into the seed of the run, the two are added, and the fields common to both
 * directions are mixed in; without the seed an attacker cannot choose packets that collide.
 *
 * The first eight bits select the worker (`engine/queue/share.ts`). For TCP that another flow may announce (FTP data
 * connections) and for FTP itself they depend on the two addresses alone: one worker sees the announcement
 * before the announced connection, whatever the number of workers.
 */
import { mix } from '../../engine/memory/mix.js';
import { counterpartOf4, counterpartOf6 } from '../../engine/packet/icmp-type.js';
import * as Packet from '../../engine/packet.js';
import type { Decoding } from './decoding.js';

const TCP = 6;

/** Hash of the packet whose IP and transport headers are in its row. */
export function flowHash(d: Decoding, p: number): number {
  const { row } = d;
  const isV4 = row[p + Packet.IP_VERSION] === 4;
  const l3 = row[p + Packet.L3]!;
  if (row[p + Packet.FLAGS]! & Packet.FLAG_ICMP_ERROR) return quotedFlowHash(d, p);
  const protocol = row[p + Packet.PROTOCOL]!;
  const source = sourcePort(row, p, protocol);
  const destination = destinationPort(row, p, protocol);
  const hash = isV4
    ? finish(d, p, end4(d, l3 + 12, source) + end4(d, l3 + 16, destination), protocol)
    : finish(d, p, end6(d, l3 + 8, source) + end6(d, l3 + 24, destination), protocol);
  if (!hasRelatedConnections(protocol, source, destination)) return hash;
  const hosts = isV4 ? end4(d, l3 + 12, 0) + end4(d, l3 + 16, 0) : end6(d, l3 + 8, 0) + end6(d, l3 + 24, 0);
  return withThreadOf(mix(hosts, 0), hash);
}

/** FTP, its data from the server's port 20, and connections between ports that may have been negotiated. */
function hasRelatedConnections(protocol: number, source: number, destination: number): boolean {
  if (protocol !== TCP) return false;
  return (source >= 1024 && destination >= 1024) || isFtp(source) || isFtp(destination);
}

function isFtp(port: number): boolean {
  return port === 20 || port === 21;
}

function withThreadOf(hosts: number, hash: number): number {
  return (hosts & 0xff000000) | (hash & 0x00ffffff);
}

function sourcePort(row: Int32Array, p: number, protocol: number): number {
  return protocol === 50 ? row[p + Packet.TCP_SEQ]! : row[p + Packet.SOURCE_PORT]!;
}

/**
 * ICMP: the type that answers this one, so that request and reply have the same hash. ESP: the SPI, as for the source.
 */
function destinationPort(row: Int32Array, p: number, protocol: number): number {
  if (protocol === 1) return Math.max(counterpartOf4(row[p + Packet.SOURCE_PORT]!), 0);
  if (protocol === 58) return Math.max(counterpartOf6(row[p + Packet.SOURCE_PORT]!), 0);
  return protocol === 50 ? row[p + Packet.TCP_SEQ]! : row[p + Packet.DESTINATION_PORT]!;
}

/** An ICMPv4 error gets the hash of the packet it quotes. */
function quotedFlowHash(d: Decoding, p: number): number {
  const quoted = d.row[p + Packet.L4]! + 8;
  const transport = quoted + (d.bytes[quoted]! & 0xf) * 4;
  const protocol = d.bytes[quoted + 9]!;
  const isIcmp = protocol === 1;
  const source = isIcmp ? d.bytes[transport]! : d.u16(transport);
  const destination = isIcmp ? Math.max(counterpartOf4(source), 0) : d.u16(transport + 2);
  const hash = finish(d, p, end4(d, quoted + 12, source) + end4(d, quoted + 16, destination), protocol);
  if (!hasRelatedConnections(protocol, source, destination)) return hash;
  return withThreadOf(mix(end4(d, quoted + 12, 0) + end4(d, quoted + 16, 0), 0), hash);
}

function end4(d: Decoding, address: number, port: number): number {
  return mix(mix(d.seed, d.i32(address)), port);
}

function end6(d: Decoding, address: number, port: number): number {
  let hash = d.seed;
  for (let i = 0; i < 16; i += 4) hash = mix(hash, d.i32(address + i));
  return mix(hash, port);
}

function finish(d: Decoding, p: number, ends: number, protocol: number): number {
  const { row } = d;
  let hash = mix(ends, protocol);
  if (d.vlanTracking && row[p + Packet.VLAN_COUNT] !== 0) {
    hash = mix(hash, row[p + Packet.VLAN_ID_2]!);
    hash = mix(hash, (row[p + Packet.VLAN_ID_0]! << 16) | row[p + Packet.VLAN_ID_1]!);
  }
  if (d.recursionTracking && row[p + Packet.RECURSION] !== 0) hash = mix(hash, row[p + Packet.RECURSION]!);
  return hash;
}
