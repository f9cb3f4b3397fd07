/** Tags: logs packets that follow a match of a signature with `tag`, by flow or by host. */
import type { Batch } from '../../engine/batch.js';
import { addEvent, EVENT_OTHER, WANTS_TAGS } from '../../engine/event.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import type { TagMatch, Tags } from '../../signatures/keywords/tag.js';
import { nameHash, type SharedTable } from '../../signatures/state/shared-table.js';
import type { Tracker } from '../../signatures/state/track.js';
import type { FlowStates } from './flow-states.js';

/** Number of tagged packets when no count is given. */
const DEFAULT_PACKETS = 256;
/** Maximum tags of one flow. */
const MAX_TAGS = 10;
/** Seconds after which a host's tag expires. */
const HOST_SECONDS = 86400;
const HOST = nameHash('tag host');
const REMAINING = 0;
const UNIT = 1;
const SINCE = 2;
const UNITS = ['packets', 'seconds', 'bytes'];
/** Members of the record in addition to its packet. */
const TAGGED = '"event_type":"packet"';

interface FlowTag {
  readonly unit: TagMatch['unit'];
  left: number;
  readonly since: number;
  /** Packet of the match: it counts, but is already logged as an alert. */
  readonly number: number;
}

/** Tags of hosts, shared by all threads. */
interface HostTable {
  readonly table: SharedTable;
  readonly tracker: Tracker;
}

export class PacketTags implements Tags {
  private readonly row: Int32Array;
  /** Whether records of tagged packets, or tagged packets themselves, are wanted. */
  private readonly logsTagged: boolean;
  private readonly marksTagged: boolean;
  private readonly lost: number;
  private opened: HostTable | undefined;

  constructor(
    private readonly thread: Thread,
    private readonly states: FlowStates,
    private readonly open: () => HostTable,
  ) {
    this.row = thread.memory.row;
    this.logsTagged = thread.wants(EVENT_OTHER);
    this.marksTagged = thread.wants(WANTS_TAGS);
    this.lost = thread.counters.declare('detect.tag_events_lost');
  }

  private get hosts(): HostTable {
    this.opened ??= this.open();
    return this.opened;
  }

  add(tag: TagMatch, p: number, flow: number, toServer: boolean): void {
    if (!this.logsTagged && !this.marksTagged) return;
    this.mark(p);
    const count = tag.count === 0 ? DEFAULT_PACKETS : tag.count;
    if (tag.scope === 'host') this.addHost(tag, p, toServer, count);
    else if (flow >= 0) this.addFlow(tag, p, flow, count);
  }

  private addFlow({ unit }: TagMatch, p: number, flow: number, count: number): void {
    const state = this.states.of(flow);
    const tags = (state.tags as FlowTag[] | undefined) ?? [];
    if (tags.length >= MAX_TAGS) return;
    state.tags = tags;
    tags.push({
      unit,
      left: count,
      since: Packet.secondsOf(this.row, p),
      number: this.row[p + Packet.NUMBER]!,
    });
  }

  private addHost({ unit, direction }: TagMatch, p: number, toServer: boolean, count: number): void {
    const { table, tracker } = this.hosts;
    const now = Packet.secondsOf(this.row, p);
    tracker.fill(table, HOST, direction === 'dst' ? 'by_dst' : 'by_src', p, toServer);
    table.mark();
    table.with(now, true, (ints, v) => {
      table.keepUntil(v, now + HOST_SECONDS);
      ints[v + REMAINING] = count;
      ints[v + UNIT] = UNITS.indexOf(unit);
      ints[v + SINCE] = now;
      return 1;
    });
  }

  /** Logs the packet if it is tagged, and has no alert of its own. */
  packet(batch: Batch, slot: number, flow: number, toServer: boolean): void {
    const p = slot * Packet.INTS;
    const state = flow >= 0 ? this.states.find(flow) : undefined;
    const tags = state?.tags as FlowTag[] | undefined;
    let tagged = false;
    if (state && tags) {
      tagged = this.count(tags, p);
      if (tags.every(tag => tag.left <= 0)) state.tags = undefined;
    }
    // Once any thread has tagged a host, hosts are looked up for every packet.
    if (!tagged && this.hosts.table.isMarked) tagged = this.isHostTagged(p, toServer);
    if (!tagged) return;
    this.mark(p);
    if (this.logsTagged && this.row[p + Packet.ALERTS] === 0) this.logTagged(batch, slot);
  }

  private mark(p: number): void {
    if (this.marksTagged) this.row[p + Packet.FLAGS]! |= Packet.FLAG_TAGGED;
  }

  private count(tags: readonly FlowTag[], p: number): boolean {
    const number = this.row[p + Packet.NUMBER]!;
    let tagged = false;
    for (const tag of tags) {
      if (tag.left <= 0) continue;
      if (tag.unit === 'seconds') {
        if (Packet.secondsOf(this.row, p) - tag.since > tag.left) {
          tag.left = 0;
          continue;
        }
      } else tag.left -= tag.unit === 'packets' ? 1 : this.row[p + Packet.LENGTH]!;
      if (tag.number !== number) tagged = true;
    }
    return tagged;
  }

  private isHostTagged(p: number, toServer: boolean): boolean {
    const { table, tracker } = this.hosts;
    const now = Packet.secondsOf(this.row, p);
    const use = (ints: Int32Array, v: number) => this.useHost(table, ints, v, p, now);
    for (const track of ['by_src', 'by_dst'] as const) {
      tracker.fill(table, HOST, track, p, toServer);
      if (table.with(now, false, use) === 1) return true;
    }
    return false;
  }

  private useHost(table: SharedTable, ints: Int32Array, v: number, p: number, now: number): number {
    const unit = ints[v + UNIT]!;
    if (unit === 1) {
      if (now - (ints[v + SINCE]! >>> 0) <= ints[v + REMAINING]!) return 1;
      table.remove(v);
      return 0;
    }
    ints[v + REMAINING]! -= unit === 0 ? 1 : this.row[p + Packet.LENGTH]!;
    if (ints[v + REMAINING]! <= 0) table.remove(v);
    return 1;
  }

  /** The output that writes the record adds the packet itself. */
  private logTagged(batch: Batch, slot: number): void {
    if (addEvent(this.thread, batch, EVENT_OTHER, slot, TAGGED) < 0)
      this.thread.counters.values[this.lost]!++;
  }
}
