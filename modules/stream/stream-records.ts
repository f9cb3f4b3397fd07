/**
 * EVE records of TCP packets and the sessions they belong to (`stream_tcp`), for debugging session tracking. Created
 * only when an output lists the type `stream`.
 */
import type { Batch } from '../../engine/batch.js';
import { type AnyOption, boolean, option } from '../../engine/config/option.js';
import { recordTypeSettings } from '../../engine/config/output-list.js';
import { addEvent, EVENT_OTHER } from '../../engine/event.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { Thread } from '../../engine/module.js';
import { eventName } from '../../engine/packet/packet-event-names.js';
import * as Event from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import { STATE_NAMES } from '../../engine/stream/tcp-state.js';

const FLAGS = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'];

const recordOption = (name: string, summary: string) =>
  option(`outputs.*.eve-log.types.*.stream.${name}`, boolean, false, summary);

const ALL = recordOption('all', 'log all TCP packets');
const EVENT_SET = recordOption('event-set', 'log TCP packets with an event');
const STATE_UPDATE = recordOption('state-update', 'log TCP packets that change the state of their session');
const SPURIOUS = recordOption('spurious-retransmission', 'log retransmissions of acknowledged data');

export const STREAM_RECORD_OPTIONS: readonly AnyOption[] = [ALL, EVENT_SET, STATE_UPDATE, SPURIOUS];

/** Which packets get a record, for all outputs together: a record is created once. */
interface RecordSettings {
  readonly all: boolean;
  readonly events: boolean;
  readonly states: boolean;
  readonly spurious: boolean;
}

export class StreamRecords {
  private readonly lost: number;

  private constructor(
    private readonly thread: Thread,
    private readonly settings: RecordSettings,
  ) {
    this.lost = thread.counters.declare('tcp.stream_records_lost');
  }

  /** @returns undefined when no output wants such records */
  static of(thread: Thread): StreamRecords | undefined {
    const entries = recordTypeSettings(thread.config, 'stream').filter(settings => settings !== undefined);
    const isEnabled = ({ path }: typeof ALL) =>
      entries.some(settings => settings.read({ ...ALL, path: path.slice(path.lastIndexOf('.') + 1) }));
    const settings = {
      all: isEnabled(ALL),
      events: isEnabled(EVENT_SET),
      states: isEnabled(STATE_UPDATE),
      spurious: isEnabled(SPURIOUS),
    };
    return Object.values(settings).some(Boolean) ? new StreamRecords(thread, settings) : undefined;
  }

  /** Current state of a flow's session, to be passed to `report` after the packet was tracked. */
  stateOf(flow: number): number {
    return flow < 0 ? 0 : this.thread.flows.row[flow * FlowRecord.INTS + FlowRecord.TCP_STATE]!;
  }

  /** Creates the record of a tracked packet if one is wanted. @param before state of its session before the packet */
  report(batch: Batch, slot: number, before: number): void {
    const { row } = this.thread.memory;
    const p = slot * Packet.INTS;
    const state = this.stateOf(row[p + Packet.FLOW]!);
    if (!this.isLogged(p, state !== before)) return;
    const toServer = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    const record = {
      packet: this.packet(p),
      session: state > 0 ? { state: STATE_NAMES[state] } : undefined,
      events: this.events(p),
    };
    const direction = toServer ? 'to_server' : 'to_client';
    const members = `"event_type":"stream_tcp","direction":"${direction}","stream_tcp":${JSON.stringify(record)}`;
    if (addEvent(this.thread, batch, EVENT_OTHER, slot, members) < 0)
      this.thread.counters.values[this.lost]!++;
  }

  private isLogged(p: number, changed: boolean): boolean {
    const { settings } = this;
    const { row } = this.thread.memory;
    if (settings.all || (settings.states && changed)) return true;
    if ((row[p + Packet.FLAGS]! & Packet.FLAG_HAS_EVENTS) === 0) return false;
    return (
      settings.events ||
      (settings.spurious && Packet.hasEvent(row, p, Event.STREAM_PKT_SPURIOUS_RETRANSMISSION))
    );
  }

  private packet(p: number) {
    const { row, view } = this.thread.memory;
    const l3 = row[p + Packet.L3]!;
    const v4 = row[p + Packet.IP_VERSION] === 4;
    const flags = row[p + Packet.TCP_FLAGS]!;
    return {
      len: v4 ? view.getUint16(l3 + 2) : view.getUint16(l3 + 4),
      tcpseq: row[p + Packet.TCP_SEQ]! >>> 0,
      tcpack: row[p + Packet.TCP_ACK]! >>> 0,
      tcpwin: row[p + Packet.TCP_WINDOW]!,
      ...Object.fromEntries(FLAGS.map((name, bit) => [name, (flags & (1 << bit)) !== 0])),
    };
  }

  private events(p: number): string[] | undefined {
    const { row } = this.thread.memory;
    const names: string[] = [];
    for (
      let event = Event.FIRST_STREAM_EVENT;
      event < Event.FIRST_STREAM_EVENT + Event.STREAM_EVENTS;
      event++
    )
      if (Packet.hasEvent(row, p, event)) names.push(eventName(event));
    return names.length > 0 ? names : undefined;
  }
}
