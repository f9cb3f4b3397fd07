/**
 * The MAC addresses seen on the two sides of each flow, for entries with `ethernet: yes`: flow records
 * have `"ether":{"dest_macs":[…],"src_macs":[…]}`. Only packets of this thread are seen.
 */
import * as FlowRecord from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import type { Subject } from '../../engine/record/subject.js';
import { ethernetHeader } from './ethernet-header.js';
import { type JsonBytes, key } from './json-bytes.js';

const ETHER = key('ether');
const SOURCE_MACS = key('src_macs');
const DESTINATION_MACS = key('dest_macs');
const SOURCE_MAC = key('src_mac');
const DESTINATION_MAC = key('dest_mac');
const NO_KEY = new Uint8Array(0);
const MAC = 6;
/** Maximum addresses per side; a gateway pair has two. */
const MAX_ADDRESSES = 8;
const CLIENT = 0;
const SERVER = 1;

export class MacSets {
  /** For each flow row the id of the flow that its addresses belong to: a reused row starts empty. */
  private readonly owners: Int32Array;
  /** Number of addresses, by flow and side; and the addresses. */
  private readonly counts: Uint8Array;
  private readonly macs: Uint8Array;

  constructor(flows: number) {
    this.owners = new Int32Array(flows);
    this.counts = new Uint8Array(flows * 2);
    this.macs = new Uint8Array(flows * 2 * MAX_ADDRESSES * MAC);
  }

  /** Adds the addresses of a received packet, which `subject` was loaded with. */
  addPacket(subject: Subject): void {
    const header = ethernetHeader(subject);
    if (header < 0 || subject.flow < 0) return;
    const { flow, toServer } = subject;
    const owner = subject.flowField(FlowRecord.ID_LOW) | 1;
    if (this.owners[flow] !== owner) {
      this.owners[flow] = owner;
      this.counts.fill(0, flow * 2, flow * 2 + 2);
    }
    const { bytes } = subject.memory;
    this.add(flow * 2 + (toServer ? SERVER : CLIENT), bytes, header);
    this.add(flow * 2 + (toServer ? CLIENT : SERVER), bytes, header + MAC);
  }

  private add(side: number, bytes: Uint8Array, offset: number): void {
    const count = this.counts[side]!;
    for (let i = 0; i < count; i++) if (this.equals(side, i, bytes, offset)) return;
    if (count === MAX_ADDRESSES) return;
    const at = (side * MAX_ADDRESSES + count) * MAC;
    for (let i = 0; i < MAC; i++) this.macs[at + i] = bytes[offset + i]!;
    this.counts[side] = count + 1;
  }

  private equals(side: number, index: number, bytes: Uint8Array, offset: number): boolean {
    const at = (side * MAX_ADDRESSES + index) * MAC;
    for (let i = 0; i < MAC; i++) if (this.macs[at + i] !== bytes[offset + i]) return false;
    return true;
  }

  /**
   * All addresses of both sides; nothing when none were seen.
   * @param fromClient the record goes from client to server
   */
  write(json: JsonBytes, subject: Subject, fromClient = true): void {
    if (!this.hasAddresses(subject)) return;
    const [source, destination] = fromClient ? [CLIENT, SERVER] : [SERVER, CLIENT];
    json.open(ETHER);
    this.writeSide(json, DESTINATION_MACS, subject.flow * 2 + destination);
    this.writeSide(json, SOURCE_MACS, subject.flow * 2 + source);
    json.close();
  }

  /** The first address of each side: for records at the end of a flow, which have no received packet. */
  writeFirst(json: JsonBytes, subject: Subject, fromClient: boolean): void {
    if (!this.hasAddresses(subject)) return;
    const [source, destination] = fromClient ? [CLIENT, SERVER] : [SERVER, CLIENT];
    json.open(ETHER);
    json.mac(SOURCE_MAC, this.macs, (subject.flow * 2 + source) * MAX_ADDRESSES * MAC);
    json.mac(DESTINATION_MAC, this.macs, (subject.flow * 2 + destination) * MAX_ADDRESSES * MAC);
    json.close();
  }

  private hasAddresses(subject: Subject): boolean {
    return subject.flow >= 0 && this.owners[subject.flow] === (subject.flowField(FlowRecord.ID_LOW) | 1);
  }

  private writeSide(json: JsonBytes, name: Uint8Array, side: number): void {
    json.openArray(name);
    for (let i = 0; i < this.counts[side]!; i++)
      json.mac(NO_KEY, this.macs, (side * MAX_ADDRESSES + i) * MAC);
    json.closeArray();
  }
}

/** Whether the packet at `p` may have addresses to record. */
export function isReceivedPacket(row: Int32Array, p: number): boolean {
  return row[p + Packet.PSEUDO] === Packet.PSEUDO_NONE && row[p + Packet.FLOW]! >= 0;
}
