/**
 * Port groups: which signatures are evaluated for which port. The ranges of all signatures split the ports into
 * intervals; intervals with the same signatures form one group, and the least important groups are merged until the
 * limit is met.
 */
import type { PortSet } from '../signature.js';
import { isAnyPort } from './address-sets.js';

export interface PortGroups {
  /** Group number of each port. */
  readonly groupOf: Uint8Array;
  /** Members of each group, without those that apply to any port and belong to all. */
  readonly groups: readonly (readonly number[])[];
  readonly anyPort: readonly number[];
}

export interface PortMember {
  readonly signature: number;
  /** Port sets: the member applies if one of them matches. */
  readonly ports: readonly PortSet[];
}

/** A group number must fit into one byte. */
export const MAX_GROUPS = 255;

/**
 * Beyond this number of distinct port sets, those that contain most ports (`!80`, `1024:`) are treated as any:
 * otherwise all the others would be processed at each port where one of them begins or ends. Evaluation still compares
 * ports.
 */
const MANY_CLASSES = 1024;
const HALF_OF_PORTS = 32768;

interface Group {
  readonly classes: readonly number[];
  members: number;
  ports: number[];
}

/** @param most maximum number of groups, 1 … 255 */
export function groupByPort(members: readonly PortMember[], most: number): PortGroups {
  const anyPort: number[] = [];
  const classes = new Map<string, { ranges: PortSet; signatures: number[] }>();
  for (const { signature, ports } of members) {
    if (ports.some(isAnyPort)) {
      anyPort.push(signature);
      continue;
    }
    const ranges = ports.flat();
    const key = ranges.join(';');
    const known = classes.get(key);
    if (known) known.signatures.push(signature);
    else classes.set(key, { ranges, signatures: [signature] });
  }
  const list = [...classes.values()].filter(({ ranges, signatures }) => {
    if (classes.size <= MANY_CLASSES || sizeOf(ranges) <= HALF_OF_PORTS) return true;
    for (const signature of signatures) anyPort.push(signature);
    return false;
  });
  const kept = merged(portIntervals(list), Math.min(most, MAX_GROUPS));
  const groupOf = new Uint8Array(new SharedArrayBuffer(65536));
  kept.forEach((group, number) => {
    for (const port of group.ports) groupOf[port] = number;
  });
  const groups = kept.map(group => group.classes.flatMap(c => list[c]!.signatures).sort((a, b) => a - b));
  return { groupOf, groups, anyPort };
}

function sizeOf(ranges: PortSet): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** Ports with the same classes of signatures, as groups. */
function portIntervals(classes: readonly { ranges: PortSet; signatures: readonly number[] }[]): Group[] {
  const opening = new Map<number, number[]>();
  const closing = new Map<number, number[]>();
  classes.forEach(({ ranges }, c) => {
    for (const [first, last] of ranges) {
      push(opening, first, c);
      push(closing, last + 1, c);
    }
  });
  const groups = new Map<string, Group>();
  const open = new Map<number, number>();
  let current: Group | undefined;
  for (let port = 0; port < 65536; port++) {
    if (opening.has(port) || closing.has(port) || !current) {
      for (const c of closing.get(port) ?? []) count(open, c, -1);
      for (const c of opening.get(port) ?? []) count(open, c, 1);
      current = groupFor(
        groups,
        [...open.keys()].sort((a, b) => a - b),
        classes,
      );
    }
    current.ports.push(port);
  }
  return [...groups.values()];
}

function groupFor(
  groups: Map<string, Group>,
  open: number[],
  classes: readonly { signatures: readonly number[] }[],
): Group {
  const key = open.join();
  let group = groups.get(key);
  if (!group) {
    group = {
      classes: open,
      members: open.reduce((sum, c) => sum + classes[c]!.signatures.length, 0),
      ports: [],
    };
    groups.set(key, group);
  }
  return group;
}

function push(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function count(open: Map<number, number>, c: number, difference: number): void {
  const now = (open.get(c) ?? 0) + difference;
  if (now > 0) open.set(c, now);
  else open.delete(c);
}

/**
 * Merges groups until there are `most`. The group without members of its own (most ports) and the largest groups stay
 * separate: merging them would make many ports pay for the rules of one.
 */
function merged(groups: Group[], most: number): Group[] {
  const sorted = [...groups].sort(
    (a, b) => Number(b.members === 0) - Number(a.members === 0) || b.members - a.members,
  );
  if (sorted.length <= most) return sorted;
  const kept = sorted.slice(0, most - 1);
  const rest = sorted.slice(most - 1);
  const classes = [...new Set(rest.flatMap(group => group.classes))].sort((a, b) => a - b);
  kept.push({
    classes,
    members: rest.reduce((sum, group) => sum + group.members, 0),
    ports: rest.flatMap(group => group.ports),
  });
  return kept;
}
