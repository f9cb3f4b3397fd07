/** The rules of a firewall by table: signature numbers in file order, and the policy that follows them. */
import type { Protocol } from '../../engine/protocol.js';
import type { Compiled } from '../compile/compiled.js';
import { hookPoint } from '../hook-point.js';
import { acceptsEarlier, isPacketHook, plainHook } from './hooks.js';
import type { FirewallPolicies, Policy } from './policies.js';

export interface FirewallTables {
  readonly filter: FirewallTable;
  readonly preFlow: FirewallTable;
  readonly preStream: FirewallTable;
  /** By protocol name: the hooks in order of progress, to server and to client. */
  readonly app: Readonly<Record<string, readonly [readonly FirewallTable[], readonly FirewallTable[]]>>;
  /** The signatures with which policies of packet hooks and of application hooks alert. */
  readonly packetPolicy: number;
  readonly appPolicy: number;
}

export interface FirewallTable {
  /** As in EVE's `firewall.hook`. */
  readonly hook: string;
  /** Signatures; those that accept this hook because it precedes their own are given as `-1 - number`. */
  readonly rules: readonly number[];
  readonly policy: Policy;
  /** For application hooks: the progress at which it is reached. */
  readonly progress?: number;
}

/** @param all signatures, numbered  @param defaults of the default policies: for packets, for applications */
export function firewallTables(
  all: readonly Compiled[],
  defaults: readonly Compiled[],
  policies: FirewallPolicies,
  protocols: readonly Protocol[],
): FirewallTables {
  const members = all.filter(member => member.firewall && !defaults.includes(member));
  const onPackets = members.filter(({ hook }) => isPacketHook(hook!));
  const table = (name: string, hooks: readonly string[], policy: Policy): FirewallTable => ({
    hook: `packet:${name}`,
    rules: onPackets.filter(({ hook }) => hooks.includes(hook!)).map(({ number }) => number),
    policy,
  });
  return {
    filter: table('filter', ['all', 'flow_start'], policies.filter),
    preFlow: table('pre_flow', ['pre_flow'], policies.preFlow),
    preStream: table('pre_stream', ['pre_stream'], policies.preStream),
    app: Object.fromEntries(
      protocols.map(protocol => {
        const own = members.filter(member => !isPacketHook(member.hook!) && isAbout(member, protocol));
        return [
          protocol.name,
          [hooksOf(protocol, own, policies, true), hooksOf(protocol, own, policies, false)],
        ];
      }),
    ),
    packetPolicy: defaults[0]!.number,
    appPolicy: defaults[1]!.number,
  };
}

function isAbout({ traits }: Compiled, { name }: Protocol): boolean {
  return traits.applications.includes(name);
}

function hooksOf(
  protocol: Protocol,
  members: readonly Compiled[],
  policies: FirewallPolicies,
  toServer: boolean,
): FirewallTable[] {
  const names = toServer ? protocol.progressToServer : protocol.progressToClient;
  const own = policies.app[protocol.name]![toServer ? 0 : 1];
  const hooks = names.map((name, progress) => ({
    hook: `${protocol.name}:${name}`,
    rules: members.flatMap(({ hook, number }) => {
      const point = hookPoint(protocol, plainHook(hook!));
      if (!point || point.toServer !== toServer) return [];
      if (point.progress === progress) return [number];
      return acceptsEarlier(hook!) && progress < point.progress ? [-1 - number] : [];
    }),
    policy: own[progress]!,
    progress,
  }));
  return hooks.filter(({ progress }) => !protocol.innerProgress?.includes(names[progress]!));
}
