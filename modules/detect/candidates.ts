/**
 * Which signatures are evaluated for a packet: those whose pattern was found by the scan, those without a pattern for
 * its ports, and those for its addresses.
 */
import * as Flow from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import { intervalOf } from '../../signatures/compile/address-index.js';
import * as Header from '../../signatures/compile/header.js';
import type { RuleSetImage } from '../../signatures/compile/image.js';
import * as Traits from '../../signatures/compile/traits.js';
import type { DetectionParts } from './detection-parts.js';
import { NumberList } from './number-list.js';
import { packetGroup } from './port-rules.js';
import type { StreamState } from './stream-state.js';

/** Bits of `FlowRecord.DETECT_FLAGS`: IP-only signatures were evaluated in this direction. */
const IP_ONLY_TO_SERVER = 1 << 0;
const IP_ONLY_TO_CLIENT = 1 << 1;

const TCP = 6;

/** Candidates are signature numbers times two; the stream's come first. */
export const FROM_STREAM = 0;
export const FROM_PACKET = 1;

export class Candidates {
  readonly list = new NumberList();
  private readonly found = new NumberList();
  /** Signatures that matched in the stream and may match again. */
  private readonly rematching = new NumberList();
  /** Signatures on transactions whose pattern was found in the datagram, or in the stream being inspected. */
  private readonly inPayload = { toServer: new NumberList(), toClient: new NumberList() };
  private readonly row: Int32Array;
  private readonly flows: Int32Array;

  constructor(private readonly parts: DetectionParts) {
    this.row = parts.thread.memory.row;
    this.flows = parts.thread.flows.row;
  }

  clear(): void {
    this.list.clear();
    this.inPayload.toServer.clear();
    this.inPayload.toClient.clear();
  }

  /**
   * Adds those of a received packet.
   * @param i its index in the batch
   */
  addPacketCandidates(i: number, p: number): void {
    const { facts, image, plan } = this.parts;
    const protocol = facts.version === 0 ? -1 : this.row[p + Packet.PROTOCOL]!;
    const group = packetGroup(image, protocol, facts.toServer, facts.sourcePort, facts.destinationPort);
    this.addAlways(group.packetAlways, FROM_PACKET);
    if ((facts.satisfied & Header.NEED_EVENTS) !== 0) this.addAlways(image.events, FROM_PACKET);
    this.addIpOnly();
    this.addFound(plan.payload[i]!);
    this.addFound(plan.outsideStream[i]!);
    if (this.isOutsideStream(p, protocol)) this.addAlways(group.streamAlways, FROM_PACKET);
  }

  /** Its payload is outside the stream, and is inspected as a stream of its own. */
  private isOutsideStream(p: number, protocol: number): boolean {
    const elsewhere = Packet.FLAG_IN_STREAM | Packet.FLAG_NO_PAYLOAD_INSPECTION;
    const { row } = this;
    return (
      protocol === TCP && row[p + Packet.PAYLOAD_LENGTH]! > 0 && (row[p + Packet.FLAGS]! & elsewhere) === 0
    );
  }

  private addFound(job: number): void {
    const { scan, facts } = this.parts;
    if (job < 0 || !scan.hasMatches(job)) return;
    this.found.clear();
    scan.read(job, this.found);
    for (let i = 0; i < this.found.length; i++) {
      const signature = this.found.values[i]!;
      if (!this.isOfTransactions(signature)) this.list.push(signature * 2 + FROM_PACKET);
      // Those for TCP are found in the stream.
      else if (facts.transport !== Traits.TCP) this.foundInPayload(facts.toServer).push(signature);
    }
  }

  private isOfTransactions(signature: number): boolean {
    const options = this.parts.image.header[signature * Header.INTS + Header.OPTIONS]!;
    return (options & Header.OPTION_ON_TRANSACTIONS) !== 0;
  }

  private addAlways(list: Uint32Array, from: number): void {
    const { header } = this.parts;
    for (let i = 0; i < list.length; i++) {
      if (header.applies(list[i]!)) this.list.push(list[i]! * 2 + from);
    }
  }

  /** IP-only signatures are evaluated once for each direction of a flow. */
  private addIpOnly(): void {
    const { facts, image } = this.parts;
    if (facts.version === 0) return;
    if (facts.flow >= 0) {
      const bit = facts.toServer ? IP_ONLY_TO_SERVER : IP_ONLY_TO_CLIENT;
      const flags = facts.f + Flow.DETECT_FLAGS;
      if ((this.flows[flags]! & bit) !== 0) return;
      this.flows[flags]! |= bit;
      facts.satisfied |= Header.NEED_FIRST_OF_DIRECTION;
    }
    const { bySource, byDestination, always } = image.ipOnly;
    this.addAlways(always, FROM_PACKET);
    this.addByAddress(bySource, facts.source);
    this.addByAddress(byDestination, facts.destination);
  }

  private addByAddress(index: RuleSetImage['ipOnly']['bySource'], address: number): void {
    const { facts } = this.parts;
    if (facts.version === 6) {
      this.addAlways(index.v6, FROM_PACKET);
      return;
    }
    const interval = intervalOf(index, facts.addresses.getUint32(address));
    const last = index.starts[interval + 1]!;
    for (let i = index.starts[interval]!; i < last; i++)
      this.list.push(index.signatures[i]! * 2 + FROM_PACKET);
  }

  /**
   * Adds those of a stream being inspected.
   * @param toServer its direction
   * @param always signatures without a pattern
   */
  addStreamCandidates(state: StreamState, toServer: boolean, always: Uint32Array): void {
    for (let data = state.beforeGap; data; data = data.older) this.addFromStream(data.candidates, toServer);
    this.addFromStream(state.candidates, toServer);
    this.rematching.clear();
    state.addMatched(this.rematching);
    this.addFromStream(this.rematching, toServer);
    this.addAlways(always, FROM_STREAM);
  }

  private addFromStream(candidates: NumberList, toServer: boolean): void {
    for (let i = 0; i < candidates.length; i++) {
      const signature = candidates.values[i]!;
      if (this.isOfTransactions(signature)) this.foundInPayload(toServer).push(signature);
      else this.list.push(signature * 2 + FROM_STREAM);
    }
  }

  /** Signatures on transactions whose pattern was found in the payload being inspected, by direction. */
  foundInPayload(toServer: boolean): NumberList {
    return toServer ? this.inPayload.toServer : this.inPayload.toClient;
  }
}
