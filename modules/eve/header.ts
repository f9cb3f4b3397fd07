/** The first members of all records about packets and flows. */
import { MAX_ADDRESS_LENGTH, writeIpv4, writeIpv6, writeIpv6Full } from '../../engine/address.js';
import { COMMUNITY_ID_LENGTH, CommunityId } from '../../engine/community-id.js';
import { DEVICE_NAMES, SOURCE_NAMES } from '../../engine/event.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { Thread } from '../../engine/module.js';
import { IP_PROTOCOL_NAMES } from '../../engine/packet/ip-protocol-names.js';
import * as Packet from '../../engine/packet.js';
import { type Direction, Endpoints } from '../../engine/record/endpoints.js';
import { FLOW_TIMEOUT, PACKET_SOURCES, packetSource } from '../../engine/record/packet-source.js';
import type { Subject } from '../../engine/record/subject.js';
import { TenantFinder } from '../../engine/tenants.js';
import { IsoTimestamp } from '../../engine/timestamp.js';
import { writeConntrack } from './conntrack.js';
import { writeEthernet } from './ethernet.js';
import type { Instance } from './instance.js';
import { type JsonBytes, type Key, key } from './json-bytes.js';
import type { MacSets } from './mac-sets.js';

const encoder = new TextEncoder();

const TIMESTAMP = key('timestamp');
const FLOW_ID = key('flow_id');
const SENSOR = key('host');
const VERSION = key('suricata_version');
const DEVICE = key('in_iface');
const PCAP_COUNT = key('pcap_cnt');
const PCAP_FILE = key('pcap_filename');
const EVENT_TYPE = key('event_type');
const VLAN = key('vlan');
const NO_KEY = new Uint8Array(0);
const SOURCE_IP = key('src_ip');
const SOURCE_PORT = key('src_port');
const DESTINATION_IP = key('dest_ip');
const DESTINATION_PORT = key('dest_port');
const PROTOCOL = key('proto');
const ICMP_TYPE = key('icmp_type');
const ICMP_CODE = key('icmp_code');
const SPI = key('spi');
const IP_VERSION = key('ip_v');
const PACKET_SOURCE = key('pkt_src');
const COMMUNITY_ID = key('community_id');
const TRANSACTION = key('tx_id');
const TENANT = key('tenant_id');

const SOURCES: ReadonlyMap<string, Uint8Array> = new Map(
  PACKET_SOURCES.map(source => [source, encoder.encode(source)]),
);
const PROTOCOLS = IP_PROTOCOL_NAMES.map(name => encoder.encode(name));

const ICMP = 1;
const ICMPV6 = 58;
const ESP = 50;
const WITH_PORTS = new Set([6, 17, 132]);

/** Properties of a kind of records. */
export interface HeaderKind {
  /** `event_type`; undefined when the record's own members include it. */
  readonly type: Uint8Array | undefined;
  readonly direction: Direction;
  /** The record is about a packet: its number and source are logged. */
  readonly packet: boolean;
}

/** Writes headers for one eve-log entry. */
export class Header {
  readonly endpoints = new Endpoints();
  /** Address logged in place of the client's. */
  client: string | undefined;
  /** Additional endpoints of a record: of the packet's tunnel, of an alert's flow. */
  readonly others = new Endpoints();
  private readonly timestamp = new IsoTimestamp();
  private readonly communityId: CommunityId | undefined;
  /** By `Packet.SOURCE`: names of network devices, or files of captures. */
  private readonly devices: readonly Uint8Array[];
  private readonly captures: readonly string[];
  private readonly tenants: TenantFinder | undefined;
  private readonly version = encoder.encode('8.0.7');
  private readonly writeAddress6: typeof writeIpv6;

  /** @param sensor `sensor-name`, empty when there is none */
  constructor(
    thread: Thread,
    private readonly instance: Instance,
    private readonly sensor: string,
    private readonly macs?: MacSets,
  ) {
    this.tenants = TenantFinder.tenantOf(thread);
    const devices = thread.shared[DEVICE_NAMES] as readonly string[] | undefined;
    this.devices = (devices ?? []).map(name => encoder.encode(JSON.stringify(name).slice(1, -1)));
    this.captures = devices ? [] : ((thread.shared[SOURCE_NAMES] as readonly string[] | undefined) ?? []);
    this.communityId = instance.communityId ? new CommunityId(instance.communitySeed) : undefined;
    this.writeAddress6 = instance.compressed ? writeIpv6 : writeIpv6Full;
  }

  /** Opens the record and writes its common members. */
  write(json: JsonBytes, subject: Subject, kind: HeaderKind): void {
    json.open();
    this.writeTime(
      json,
      TIMESTAMP,
      Packet.secondsOf(subject.row, subject.e),
      subject.field(Packet.NANOSECONDS),
    );
    if (subject.flow >= 0) json.integer(FLOW_ID, flowId(subject));
    if (this.sensor !== '') json.text(SENSOR, this.sensor);
    const device = this.devices[subject.field(Packet.SOURCE)];
    if (device) json.plain(DEVICE, device);
    const source = kind.packet ? packetSource(subject.row, subject.p) : undefined;
    if (source && source !== FLOW_TIMEOUT) writeNumber(json, subject);
    if (kind.type) json.plain(EVENT_TYPE, kind.type);
    writeVlan(json, subject);
    this.writeEndpoints(json, subject, kind.direction);
    if (source) json.plain(PACKET_SOURCE, sourceBytes(source));
    const transaction = subject.field(Packet.EVENT_TRANSACTION);
    if (kind.packet && transaction >= 0) json.integer(TRANSACTION, transaction);
    if (this.tenants) this.writeTenant(json, subject, this.tenants);
    this.writeOptional(json, subject, kind);
  }

  writeTime(json: JsonBytes, name: Key, seconds: number, nanoseconds: number): void {
    json.written(name, IsoTimestamp.LENGTH, (out, at) => this.timestamp.write(seconds, nanoseconds, out, at));
  }

  /** `src_ip` or another address of the endpoints. */
  writeAddress(json: JsonBytes, name: Key, endpoints: Endpoints, offset: number): void {
    const write = endpoints.version === 4 ? writeIpv4 : this.writeAddress6;
    json.written(name, MAX_ADDRESS_LENGTH, (out, at) => write(endpoints.bytes, offset, out, at));
  }

  /** Addresses and ports under their standard names. @param toServer the client is the source */
  writeTuple(json: JsonBytes, endpoints: Endpoints, toServer = true): void {
    if (this.client !== undefined && toServer) json.text(SOURCE_IP, this.client);
    else this.writeAddress(json, SOURCE_IP, endpoints, endpoints.source);
    const ports = WITH_PORTS.has(endpoints.protocol);
    if (ports) json.integer(SOURCE_PORT, endpoints.sourcePort);
    if (this.client !== undefined && !toServer) json.text(DESTINATION_IP, this.client);
    else this.writeAddress(json, DESTINATION_IP, endpoints, endpoints.destination);
    if (ports) json.integer(DESTINATION_PORT, endpoints.destinationPort);
  }

  /** Whether the record's protocol has ports. */
  get hasPorts(): boolean {
    return WITH_PORTS.has(this.endpoints.protocol);
  }

  writeProtocol(json: JsonBytes, protocol: number): void {
    json.plain(PROTOCOL, PROTOCOLS[protocol & 255]!);
  }

  private writeEndpoints(json: JsonBytes, subject: Subject, direction: Direction): void {
    const { endpoints } = this;
    endpoints.load(subject, direction);
    if (endpoints.version === 0) return;
    this.writeTuple(json, endpoints, direction === 'event' ? subject.eventToServer : true);
    const { protocol } = endpoints;
    if (protocol < 0) return;
    this.writeProtocol(json, protocol);
    if (protocol === ICMP || protocol === ICMPV6) writeIcmp(json, subject, endpoints);
    else if (protocol === ESP) json.integer(SPI, spiOf(subject));
    json.integer(IP_VERSION, endpoints.version);
  }

  writeTenant(json: JsonBytes, subject: Subject, tenants = this.tenants): void {
    const { row, p, flows, flow, f } = subject;
    const tenant = tenants?.find(row, p, flows, flow >= 0 ? f : -1) ?? 0;
    if (tenant > 0) json.integer(TENANT, tenant);
  }

  private writeOptional(json: JsonBytes, subject: Subject, kind: HeaderKind): void {
    const { instance, communityId } = this;
    if (instance.pcapFile) {
      const name = this.captures[subject.field(Packet.SOURCE)];
      if (name !== undefined) json.text(PCAP_FILE, name);
    }
    if (instance.version) json.plain(VERSION, this.version);
    if (kind.packet) writeConntrack(json, subject);
    if (instance.ethernet && kind.packet) writeEthernet(json, subject, kind.direction, this.macs);
    if (!communityId || subject.flow < 0) return;
    const { flows, rows, flow } = subject;
    json.written(COMMUNITY_ID, COMMUNITY_ID_LENGTH, (out, at) =>
      communityId.write(flows, rows.bytes, flow, out, at),
    );
  }
}

export function flowId(subject: Subject): number {
  return FlowRecord.flowId(subject.flowField(FlowRecord.ID_HIGH), subject.flowField(FlowRecord.ID_LOW));
}

function writeIcmp(json: JsonBytes, subject: Subject, endpoints: Endpoints): void {
  const { onWire } = subject;
  json.integer(ICMP_TYPE, onWire ? endpoints.sourcePort : subject.flowField(FlowRecord.ICMP_TYPE));
  json.integer(ICMP_CODE, onWire ? endpoints.destinationPort : subject.flowField(FlowRecord.ICMP_CODE));
}

function spiOf(subject: Subject): number {
  return (subject.onWire ? subject.packetField(Packet.TCP_SEQ) : subject.flowField(FlowRecord.ESP_SPI)) >>> 0;
}

function writeVlan(json: JsonBytes, subject: Subject): void {
  const ofPacket = subject.packet >= 0 && subject.onWire;
  const count = ofPacket
    ? subject.packetField(Packet.VLAN_COUNT)
    : subject.flow >= 0
      ? subject.flowField(FlowRecord.VLAN_COUNT)
      : 0;
  if (count === 0) return;
  json.openArray(VLAN);
  for (let i = 0; i < count; i++) {
    json.integer(
      NO_KEY,
      ofPacket ? subject.packetField(Packet.VLAN_ID_0 + i) : subject.flowField(FlowRecord.VLAN_ID_0 + i),
    );
  }
  json.closeArray();
}

/** Packets have numbers; events at the end of a flow have none. */
function writeNumber(json: JsonBytes, subject: Subject): void {
  const number = Packet.numberOf(subject.row, subject.e);
  if (number > 0) json.integer(PCAP_COUNT, number);
}

/** Bytes of the result of `packetSource`. */
export function sourceBytes(source: string): Uint8Array {
  return SOURCES.get(source)!;
}
