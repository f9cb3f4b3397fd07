/**
 * How much stream data is kept before new data, for each port and direction: as much as the signatures that can apply
 * there must see at once.
 */
import { TO_CLIENT_CHUNK, TO_SERVER_CHUNK } from '../../../modules/detect/options.js';
import type { DirectionRules, RuleSetImage } from '../../../signatures/compile/image.js';
import { reachOf } from '../../../signatures/compile/reach.js';
import { TCP, traitsOf } from '../../../signatures/compile/traits.js';
import { compileOptionsFrom } from '../../../signatures/compile.js';
import type { PortSet, Signature } from '../../../signatures/signature.js';
import { compiled, type LoadedRules } from './capture-inspection.js';

export interface Window {
  readonly direction: 'to_server' | 'to_client';
  /** Server ports with this window. */
  readonly ports: PortSet;
  /** Bytes kept before new data. */
  readonly bytes: number;
  /** Bytes collected before they are inspected, in passive mode. */
  readonly chunk: number;
  /** Rules that inspect streams there, and the unbounded ones among them. */
  readonly rules: number;
  readonly unbounded: number;
  /** The rule with the largest window: `gid:sid`. */
  readonly decidedBy?: string;
}

export interface Unbounded {
  readonly rule: string;
  readonly msg: string;
  /** Which part of it may reach back without limit. */
  readonly because: string;
}

export interface Windows {
  readonly windows: readonly Window[];
  /** Window of unbounded rules in bytes: `detect.stream-history`. */
  readonly most: number;
  readonly unbounded: readonly Unbounded[];
}

interface StreamRule {
  readonly signature: Signature;
  readonly reach: number;
  readonly direction: string | undefined;
}

export function windowsOf(loaded: LoadedRules): Windows {
  const { config, protocols, rules } = loaded;
  const image = compiled(loaded);
  const most = compileOptionsFrom(config, protocols).limits.history;
  const all = rules.signatures.flatMap(signature => streamRule(signature, loaded));
  const windows = [
    ...directionWindows(image, 'to_server', all, config.read(TO_SERVER_CHUNK)),
    ...directionWindows(image, 'to_client', all, config.read(TO_CLIENT_CHUNK)),
  ];
  const unbounded = all
    .filter(rule => rule.reach === Infinity)
    .map(({ signature }) => unboundedRule(signature));
  return { windows, most, unbounded };
}

function streamRule(signature: Signature, { protocols }: LoadedRules): StreamRule[] {
  const { onStreams, onTransactions, transports } = traitsOf(signature, protocols);
  if (!onStreams || onTransactions || (transports & TCP) === 0) return [];
  const flow = signature.conditions.find(match => match.kind === 'flow');
  return [{ signature, reach: reachOf(signature), direction: flow?.direction as string | undefined }];
}

function directionWindows(
  { tcp }: RuleSetImage,
  direction: Window['direction'],
  all: readonly StreamRule[],
  chunk: number,
): Window[] {
  const groups = direction === 'to_server' ? tcp.toServer : tcp.toClient;
  const members = all.filter(rule => rule.direction === undefined || rule.direction === direction);
  const windows = groups.groups.flatMap(({ reach }, number) => {
    const ports = portsOf(groups, number);
    const own = members.filter(({ signature }) => appliesToPorts(signature, direction, ports));
    if (own.length === 0 || ports.length === 0) return [];
    const unbounded = own.filter(rule => rule.reach === Infinity).length;
    const largest = own.reduce((best, rule) => (rule.reach > best.reach ? rule : best));
    const decidedBy = `${largest.signature.gid}:${largest.signature.sid}`;
    return [{ direction, ports, bytes: reach, chunk, rules: own.length, unbounded, decidedBy }];
  });
  return windows.sort((a, b) => a.ports[0]![0] - b.ports[0]![0]);
}

function portsOf({ groupOf }: DirectionRules, number: number): [number, number][] {
  const ranges: [number, number][] = [];
  for (let port = 0; port < groupOf.length; port++) {
    if (groupOf[port] !== number) continue;
    const last = ranges.at(-1);
    if (last && last[1] === port - 1) last[1] = port;
    else ranges.push([port, port]);
  }
  return ranges;
}

/** Whether a rule may apply to one of these server ports. */
function appliesToPorts(
  { direction, sourcePorts, destinationPorts }: Signature,
  to: Window['direction'],
  ports: PortSet,
): boolean {
  const [own, other] = to === 'to_server' ? [destinationPorts, sourcePorts] : [sourcePorts, destinationPorts];
  return overlaps(own, ports) || (direction === '<>' && overlaps(other, ports));
}

function overlaps(one: PortSet, other: PortSet): boolean {
  return one.some(([first, last]) => other.some(range => range[0] <= last && range[1] >= first));
}

function unboundedRule(signature: Signature): Unbounded {
  const { gid, sid, msg, buffers } = signature;
  const kinds = new Set<string>();
  for (const { buffer, conditions } of buffers) {
    for (const match of conditions) {
      const alone = { ...signature, buffers: [{ buffer, transforms: [], conditions: [match] }] };
      if (reachOf(alone) === Infinity) kinds.add(match.kind);
    }
  }
  const because = kinds.size > 0 ? [...kinds].join(', ') : 'content without within';
  return { rule: `${gid}:${sid}`, msg, because };
}
