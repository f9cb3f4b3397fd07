/** Collects the data received by each side of each flow, like an output module, until the flow ends. */
import { addressText } from '../../address.js';
import type { Batch } from '../../batch.js';
import * as FlowRecord from '../../flow/flow-record.js';
import type { Thread, ThreadModule } from '../../module.js';
import { IP_PROTOCOL_NAMES } from '../../packet/ip-protocol-names.js';
import { STREAM_REASSEMBLY_OVERLAP_DIFFERENT_DATA } from '../../packet/packet-events.js';
import * as Packet from '../../packet.js';
import type { HostOsPolicy } from '../../stream/host-os-policy.js';
import { STREAM_CONTROL, type StreamControl } from '../../stream/stream-control.js';
import { ESTABLISHED } from '../../stream/tcp-state.js';
import type { Side, SideEnd, SideOverlap } from './side.js';

const TCP = 6;
const FIN = 1;

export interface CollectorOptions {
  readonly hosts: HostOsPolicy;
  readonly inline: boolean;
  /** Maximum number of bytes kept of each side. */
  readonly maxBytes: number;
  onSide(side: Side): void;
}

/** One direction that is still open. */
class OpenSide {
  readonly data: Uint8Array[] = [];
  readonly gaps: { offset: number; length: number }[] = [];
  readonly overlaps: SideOverlap[] = [];
  kept = 0;
  /** Stream offset of the next byte. */
  offset = 0;
  cut = 0;
  end: SideEnd | undefined;
}

export class Collector implements ThreadModule {
  private readonly sides = new Map<number, OpenSide>();

  constructor(
    private readonly thread: Thread,
    private readonly options: CollectorOptions,
  ) {}

  process(batch: Batch): void {
    for (let i = 0; i < batch.length; i++) this.processPacket(batch.slots[i]!);
  }

  private processPacket(slot: number): void {
    const { row } = this.thread.memory;
    const p = slot * Packet.INTS;
    if (row[p + Packet.STREAM_FLAGS] !== 0) this.addData(p);
    if (Packet.hasEvent(row, p, STREAM_REASSEMBLY_OVERLAP_DIFFERENT_DATA)) this.addOverlap(slot, p);
    if (row[p + Packet.PSEUDO] === Packet.PSEUDO_FLOW_END && row[p + Packet.PROTOCOL] === TCP) this.finish(p);
    if (row[p + Packet.FLAGS]! & Packet.FLAG_REASSEMBLED && row[p + Packet.PROTOCOL] !== TCP)
      this.addDatagram(p);
  }

  private addData(p: number): void {
    const { row, bytes } = this.thread.memory;
    const flags = row[p + Packet.STREAM_FLAGS]!;
    const side = this.sideOf(row[p + Packet.FLOW]!, (flags & Packet.STREAM_TO_SERVER) !== 0);
    const gap = row[p + Packet.STREAM_GAP]!;
    if (gap > 0) side.gaps.push({ offset: side.offset, length: gap });
    const length = row[p + Packet.STREAM_LENGTH]!;
    const at = row[p + Packet.STREAM_DATA]! >>> 0;
    const kept = Math.min(length, this.options.maxBytes - side.kept);
    if (kept > 0) side.data.push(bytes.slice(at, at + kept));
    side.kept += kept;
    side.cut += length - kept;
    side.offset += gap + length;
    if (flags & Packet.STREAM_END) side.end ??= this.endBy(p, flags);
  }

  /** How a direction was closed by its packets; undefined when only the end of the flow closed it. */
  private endBy(p: number, flags: number): SideEnd | undefined {
    const { row } = this.thread.memory;
    if (flags & Packet.STREAM_RESET) return 'rst';
    if (row[p + Packet.PSEUDO]! <= Packet.PSEUDO_REASSEMBLED) return 'fin';
    const flows = this.thread.flows.row;
    const f = row[p + Packet.FLOW]! * FlowRecord.INTS;
    const toServer = (flags & Packet.STREAM_TO_SERVER) !== 0;
    const seen = flows[f + (toServer ? FlowRecord.TCP_FLAGS_TO_SERVER : FlowRecord.TCP_FLAGS_TO_CLIENT)]!;
    return seen & FIN && flows[f + FlowRecord.TCP_STATE]! > ESTABLISHED ? 'fin' : undefined;
  }

  private addOverlap(slot: number, p: number): void {
    const { row } = this.thread.memory;
    const control = this.thread.services.get(STREAM_CONTROL) as StreamControl | undefined;
    const versions = control?.overlapOf(slot);
    if (!versions) return;
    const toServer = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    const { position, existing, received } = versions;
    this.sideOf(row[p + Packet.FLOW]!, toServer).overlaps.push({
      offset: position,
      existing,
      received,
    });
  }

  private finish(p: number): void {
    const flow = this.thread.memory.row[p + Packet.FLOW]!;
    for (const toServer of [true, false]) {
      const side = this.sideOf(flow, toServer);
      this.sides.delete(key(flow, toServer));
      this.options.onSide(this.sideFrom(flow, toServer, side));
    }
  }

  private sideFrom(flow: number, toServer: boolean, growing: OpenSide): Side {
    const { row, bytes } = this.thread.flows;
    const f = flow * FlowRecord.INTS;
    const version = row[f + FlowRecord.IP_VERSION]!;
    const client = (f + FlowRecord.CLIENT_ADDRESS) * 4;
    const server = (f + FlowRecord.SERVER_ADDRESS) * 4;
    const ports = [row[f + FlowRecord.CLIENT_PORT]!, row[f + FlowRecord.SERVER_PORT]!] as const;
    const [from, to] = toServer ? [client, server] : [server, client];
    const { data, gaps, overlaps, cut } = growing;
    return {
      proto: 'tcp',
      src: addressText(bytes, from, version),
      sport: toServer ? ports[0] : ports[1],
      dst: addressText(bytes, to, version),
      dport: toServer ? ports[1] : ports[0],
      policy: this.options.inline ? 'inline' : this.options.hosts.policyOf(bytes, to, version),
      data,
      gaps,
      overlaps,
      cut,
      end: growing.end ?? endOf(row[f + FlowRecord.END_REASON]! & FlowRecord.END_REASON_MASK),
    };
  }

  private addDatagram(p: number): void {
    const { row, bytes } = this.thread.memory;
    const version = row[p + Packet.IP_VERSION]!;
    const source = row[p + Packet.L3]! + (version === 4 ? 12 : 8);
    const destination = source + (version === 4 ? 4 : 16);
    const at = row[p + Packet.PAYLOAD]!;
    const length = row[p + Packet.PAYLOAD_LENGTH]!;
    const kept = Math.min(length, this.options.maxBytes);
    const protocol = row[p + Packet.PROTOCOL]!;
    this.options.onSide({
      proto: IP_PROTOCOL_NAMES[protocol]!.toLowerCase(),
      src: addressText(bytes, source, version),
      sport: hasPorts(protocol) ? row[p + Packet.SOURCE_PORT]! : undefined,
      dst: addressText(bytes, destination, version),
      dport: hasPorts(protocol) ? row[p + Packet.DESTINATION_PORT]! : undefined,
      policy: this.options.hosts.policyOf(bytes, destination, version),
      data: [bytes.slice(at, at + kept)],
      gaps: [],
      overlaps: [],
      cut: length - kept,
      end: 'fin',
    });
  }

  private sideOf(flow: number, toServer: boolean): OpenSide {
    const side = this.sides.get(key(flow, toServer)) ?? new OpenSide();
    this.sides.set(key(flow, toServer), side);
    return side;
  }
}

function key(flow: number, toServer: boolean): number {
  return flow * 2 + (toServer ? 1 : 0);
}

function endOf(reason: number): SideEnd {
  return reason === FlowRecord.REASON_TIMEOUT || reason === FlowRecord.REASON_TCP_REUSE ? 'timeout' : 'eof';
}

function hasPorts(protocol: number): boolean {
  return protocol === 17 || protocol === 132;
}
