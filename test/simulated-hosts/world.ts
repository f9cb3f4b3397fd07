/**
 * Two TCP hosts with links that delay, reorder, duplicate and lose packets, before and behind a sensor. Time is
 * simulated, in milliseconds.
 */

import type { Random } from '../pseudo-random.js';
import type { Outcome, Step } from '../stream-tracking/conversation.js';
import { Host } from './host.js';
import { type Manner, USUAL } from './host-behaviour.js';
import { type Segment, stepOf } from './segment.js';

export interface Links {
  /** Percentage of segments lost before the sensor, and behind it. */
  readonly lostBefore: number;
  readonly lostBehind: number;
  readonly repeated: number;
  /** Longest delays of the links: segments sent within this time may be reordered. */
  readonly delayBefore: number;
  readonly delayBehind: number;
}

/** Data of both sides. */
export interface Sides {
  readonly toServer: string;
  readonly toClient: string;
}

export interface Scene {
  readonly links: Links;
  readonly sides: Sides;
  readonly client?: Partial<Manner>;
  readonly server?: Partial<Manner>;
  /** Connections with the same ports, one directly after the other. */
  readonly connections?: number;
  /** False for segments that the sensor does not see. */
  readonly sees?: (segment: Segment, now: number) => boolean;
}

/** The sensor between the hosts. @returns the result for the segment */
export type Sensor = (step: Step) => Pick<Outcome, 'dropped' | 'events'>;

/** Time after which all connections must have ended, whatever is lost. */
const LONGEST = 3_600_000;

export class World {
  hosts: readonly [Host, Host];
  /** Data delivered to the applications, of all connections. */
  readonly read = { toServer: '', toClient: '' };
  /** Segments that the sensor dropped. */
  readonly dropped: { segment: Segment; step: Step; events: string[] }[] = [];
  now = 0;
  connection = 0;
  private readonly events: { at: number; run: () => void }[] = [];

  constructor(
    readonly random: Random,
    private readonly scene: Scene,
    private readonly sensor: Sensor,
  ) {
    this.hosts = this.meet();
  }

  /** @returns whether all connections ended */
  run(): boolean {
    const { connections = 1 } = this.scene;
    for (; this.connection < connections; this.connection++) {
      if (this.connection > 0) this.hosts = this.meet();
      if (!this.speak()) return false;
      this.read.toServer += this.hosts[1].received;
      this.read.toClient += this.hosts[0].received;
    }
    return true;
  }

  after(delay: number, run: () => void): void {
    this.events.push({ at: this.now + delay, run });
  }

  send(segment: Segment): void {
    const { lostBefore, lostBehind, repeated, delayBefore, delayBehind } = this.scene.links;
    const copies = this.random(100) < repeated ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      if (this.random(100) < lostBefore) continue;
      this.after(this.random(delayBefore + 1), () => {
        if (!this.passesSensor(segment) || this.random(100) < lostBehind) return;
        this.after(this.random(delayBehind + 1), () =>
          this.hosts[segment.from === '>' ? 1 : 0].arrives(segment),
        );
      });
    }
  }

  private meet(): readonly [Host, Host] {
    const { sides, client, server } = this.scene;
    return [
      new Host('>', sides.toServer, { ...USUAL, opens: true, ...client }, this, this.connection),
      new Host('<', sides.toClient, { ...USUAL, ...server }, this, this.connection),
    ];
  }

  private speak(): boolean {
    const { hosts } = this;
    for (const host of hosts) host.begin();
    const longest = this.now + LONGEST;
    while (this.events.length > 0 && this.now < longest && !hosts.every(host => host.isDone)) {
      let first = 0;
      for (let i = 1; i < this.events.length; i++) if (this.events[i]!.at < this.events[first]!.at) first = i;
      const [event] = this.events.splice(first, 1);
      this.now = Math.max(this.now, event!.at);
      event!.run();
    }
    return hosts.every(host => host.isDone);
  }

  private passesSensor(segment: Segment): boolean {
    if (this.scene.sees?.(segment, this.now) === false) return true;
    const step = stepOf(segment);
    const outcome = this.sensor(step);
    if (outcome.dropped) this.dropped.push({ segment, step, events: outcome.events });
    return !outcome.dropped;
  }
}
