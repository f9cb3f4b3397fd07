/**
 * From a checked profile to a plan: every thread with its modules and CPUs, every queue with its ring, and the layout
 * of the memory they share. Plain data and shared buffers: it is sent to the threads unchanged.
 */

import { INTS as FLOW_INTS } from '../flow/flow-record.js';
import { allocateMemory, type MemoryBuffers } from '../memory.js';
import type { ByteRange } from '../module.js';
import type { PoolRange } from '../pool.js';
import { END, type Profile, type ThreadGroup, waysOf } from '../profile/profile.js';
import { Doorbell } from '../queue/doorbell.js';
import { Ring } from '../queue/ring.js';
import { RemoteStreams } from '../stream/remote-streams.js';
import { Control } from './control.js';
import { ThreadCounters } from './counters.js';
import { Layout, type PlanSizes, type Uses } from './layout.js';
import { LogRing } from './log-ring.js';

export interface ThreadPlan {
  readonly index: number;
  readonly name: string;
  readonly group: string;
  readonly indexInGroup: number;
  readonly groupCount: number;
  readonly modules: readonly string[];
  readonly cpu: number | undefined;
  readonly pool: PoolRange;
  readonly flowRange: { readonly first: number; readonly count: number };
  readonly streamRange: ByteRange;
  readonly scratch: ByteRange;
  readonly counters: SharedArrayBuffer;
  readonly logRing: SharedArrayBuffer;
  readonly inlets: readonly { readonly ring: SharedArrayBuffer; readonly producer: number }[];
  readonly ordered: boolean;
  readonly handler: string;
  /** For each output of the handler the range of its outlets; undefined for an omitted output. */
  readonly ways: Readonly<Record<string, { readonly first: number; readonly count: number }>>;
  readonly outlets: readonly { readonly ring: SharedArrayBuffer; readonly consumer: number }[];
  /** Rings for returning packets of other pools, by pool; and those in which own packets are returned. */
  readonly returnPaths: readonly ({ readonly ring: SharedArrayBuffer; readonly owner: number } | undefined)[];
  readonly incomingReturns: readonly SharedArrayBuffer[];
}

export interface Plan {
  readonly profile: Profile;
  readonly threads: readonly ThreadPlan[];
  readonly memory: MemoryBuffers;
  readonly flows: SharedArrayBuffer;
  readonly remoteStreams: SharedArrayBuffer | undefined;
  readonly doorbells: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
}

/**
 * @param cores the value of `count: auto`
 * @param uses shared memory used by a module
 */
export function makePlan(
  profile: Profile,
  sizes: PlanSizes,
  cores: number,
  uses: (module: string) => Uses,
): Plan {
  const planned = plannedThreads(profile, cores);
  const links = linksBetween(planned);
  const layout = new Layout(
    planned.map(thread => thread.group.modules),
    sizes,
    uses,
  );
  const slots = sizes.poolSlots;
  const returns = returnRings(planned, links, slots);
  const threads = planned.map((thread, index) => ({
    index,
    name: thread.name,
    group: thread.group.name,
    indexInGroup: thread.index,
    groupCount: thread.count,
    modules: thread.group.modules,
    cpu: thread.group.cpus?.[thread.index % thread.group.cpus.length],
    pool: layout.pool(index),
    flowRange: layout.flowRange(index),
    streamRange: layout.streamRange(index),
    scratch: layout.scratch(index),
    counters: ThreadCounters.allocate(),
    logRing: LogRing.allocate(sizes.logBytes),
    inlets: links.filter(link => link.to === index).map(link => ({ ring: link.ring, producer: link.from })),
    ordered: links.some(link => link.to === index && planned[link.from]!.group.ordered),
    handler: thread.group.handler,
    ways: rangesOf(
      thread.group,
      links.filter(link => link.from === index),
      planned,
    ),
    outlets: links.filter(link => link.from === index).map(link => ({ ring: link.ring, consumer: link.to })),
    returnPaths: planned.map((_, owner) =>
      returns[owner]![index] ? { ring: returns[owner]![index]!, owner } : undefined,
    ),
    incomingReturns: returns[index]!.filter(ring => ring !== undefined),
  }));
  return {
    profile,
    threads,
    memory: allocateMemory(slots * planned.length, layout.byteLength),
    flows: new SharedArrayBuffer(layout.flows * FLOW_INTS * 4),
    remoteStreams: layout.hasRemoteReaders ? RemoteStreams.allocate(layout.flows) : undefined,
    doorbells: Doorbell.allocate(planned.length + 1),
    control: Control.allocate(planned.length),
  };
}

/** One thread of a group. */
interface PlannedThread {
  readonly group: ThreadGroup;
  readonly index: number;
  readonly count: number;
  readonly name: string;
}

interface Link {
  readonly from: number;
  readonly to: number;
  readonly ring: SharedArrayBuffer;
}

function plannedThreads(profile: Profile, cores: number): PlannedThread[] {
  return profile.threads.flatMap(group => {
    const count = group.count === 'auto' ? Math.max(1, cores) : group.count;
    return Array.from({ length: count }, (_, index) => ({
      group,
      index,
      count,
      name: count === 1 ? group.name : `${group.name}-${index + 1}`,
    }));
  });
}

/** A ring from each thread of a group to each of its consumer threads, in order of the outputs. */
function linksBetween(planned: readonly PlannedThread[]): Link[] {
  const links: Link[] = [];
  planned.forEach((thread, from) => {
    for (const target of new Set(Object.values(waysOf(thread.group)))) {
      planned.forEach((other, to) => {
        if (other.group.name === target)
          links.push({ from, to, ring: Ring.allocate(thread.group['queue-size']) });
      });
    }
  });
  return links;
}

function rangesOf(
  group: ThreadGroup,
  links: readonly Link[],
  planned: readonly PlannedThread[],
): ThreadPlan['ways'] {
  const ranges: Record<string, { first: number; count: number }> = {};
  for (const [way, target] of Object.entries(waysOf(group))) {
    const first = links.findIndex(link => planned[link.to]!.group.name === target);
    const count = links.filter(link => planned[link.to]!.group.name === target).length;
    ranges[way] = target === END ? { first: 0, count: 0 } : { first, count };
  }
  return ranges;
}

/** For each owner, by thread, the ring in which that thread returns the owner's packets. */
function returnRings(
  planned: readonly PlannedThread[],
  links: readonly Link[],
  slots: number,
): (SharedArrayBuffer | undefined)[][] {
  return planned.map((_, owner) => {
    const reached = new Set<number>();
    const follow = (thread: number): void => {
      for (const link of links) {
        if (link.from !== thread || reached.has(link.to)) continue;
        reached.add(link.to);
        follow(link.to);
      }
    };
    follow(owner);
    return planned.map((_, thread) => (reached.has(thread) ? Ring.allocate(slots) : undefined));
  });
}
