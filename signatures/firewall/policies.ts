/**
 * `firewall.policies`: what happens to traffic that no firewall rule of a hook decided. A hook has its own policy, or
 * the nearest `default-policy` above it, or the built-in one.
 */
import type { Protocol } from '../../engine/protocol.js';
import type { Action, ActionScope } from '../signature.js';
import { wrongAction } from './rule-checks.js';

/** Action at a hook: by a rule, or by default. */
export interface Policy {
  readonly action: 'accept' | 'drop' | 'reject';
  readonly scope: ActionScope;
  readonly alert: boolean;
  /** Accepted traffic also passes threat detection. */
  readonly pass?: ActionScope;
}

export interface FirewallPolicies {
  readonly filter: Policy;
  readonly preFlow: Policy;
  readonly preStream: Policy;
  /** For the hooks of a protocol, by progress: to server, to client. By protocol name. */
  readonly app: Readonly<Record<string, readonly [readonly Policy[], readonly Policy[]]>>;
}

const DEFAULT = 'default-policy';
const GENERIC: Readonly<Record<string, string>> = {
  'request-started': 'first to server',
  'request-complete': 'last to server',
  'response-started': 'first to client',
  'response-complete': 'last to client',
};

/**
 * @param tree value of `firewall.policies`
 * @throws Error with the invalid policy and what was expected
 */
export function readPolicies(tree: unknown, protocols: readonly Protocol[]): FirewallPolicies {
  const root = new Node(tree, 'firewall.policies');
  const packet = root.child('packet');
  const app = root.child('app');
  const ofPacket = (hook: string, builtIn: string) =>
    policyOf(packet.value(hook) ?? packet.value(DEFAULT) ?? root.value(DEFAULT), builtIn, 'packet');
  const preFlow = ofPacket('pre-flow', 'accept:hook');
  if (preFlow.scope === 'flow')
    throw new Error(
      `firewall.policies.packet.pre-flow: no flow exists yet; expected ${preFlow.action}:packet`,
    );
  return {
    filter: ofPacket('filter', 'drop:packet'),
    preFlow,
    preStream: ofPacket('pre-stream', 'accept:hook'),
    app: Object.fromEntries(
      protocols.map(protocol => {
        const node = nodeOf(app, protocol);
        const fallback = node.value(DEFAULT) ?? app.value(DEFAULT) ?? root.value(DEFAULT);
        const of = (names: readonly string[], toServer: boolean) =>
          names.map((name, i) =>
            policyOf(hookValue(node, name, i, names.length, toServer) ?? fallback, 'drop:flow', 'app'),
          );
        return [protocol.name, [of(protocol.progressToServer, true), of(protocol.progressToClient, false)]];
      }),
    ),
  };
}

/** The section of a protocol, under any of its names. */
function nodeOf(app: Node, { name, ruleNames = [] }: Protocol): Node {
  return [name, ...ruleNames].map(each => app.child(each)).find(node => !node.empty) ?? app.child(name);
}

/** The policy of a hook by its own name, or by the generic name of the first and last hook. */
function hookValue(node: Node, name: string, i: number, count: number, toServer: boolean): Value | undefined {
  const direction = toServer ? 'to server' : 'to client';
  const places = [i === 0 ? `first ${direction}` : '', i === count - 1 ? `last ${direction}` : ''];
  const generic = Object.keys(GENERIC).filter(each => places.includes(GENERIC[each]!));
  return [name.replaceAll('_', '-'), ...generic].map(each => node.value(each)).find(value => value);
}

interface Value {
  readonly path: string;
  readonly words: readonly string[];
}

/** A node of the tree. */
class Node {
  private readonly entries: Readonly<Record<string, unknown>>;

  constructor(
    tree: unknown,
    private readonly path: string,
  ) {
    this.entries = tree !== null && typeof tree === 'object' ? (tree as Record<string, unknown>) : {};
  }

  get empty(): boolean {
    return Object.keys(this.entries).length === 0;
  }

  child(name: string): Node {
    return new Node(this.entries[name], `${this.path}.${name}`);
  }

  value(name: string): Value | undefined {
    const value = this.entries[name];
    if (value === undefined || value === null) return undefined;
    const words = (Array.isArray(value) ? value : String(value).split(',')).map(each => String(each).trim());
    return { path: `${this.path}.${name}`, words };
  }
}

/** @throws Error */
function policyOf(value: Value | undefined, builtIn: string, layer: 'packet' | 'app'): Policy {
  const { path, words } = value ?? { path: '', words: [builtIn] };
  const first = words[0] ?? '';
  const [action = '', scope] = first.split(':');
  const expected = wrongAction(action as Action, scope as ActionScope | undefined, layer);
  if (expected !== undefined) throw new Error(`${path}: "${first}" is not allowed; expected ${expected}`);
  const second = words.slice(1).map(word => word.split(':'));
  const unknown = second.find(([name]) => name !== 'alert' && name !== 'pass');
  if (unknown) throw new Error(`${path}: "${unknown.join(':')}" is not allowed; expected alert or pass:flow`);
  const pass = second.find(([name]) => name === 'pass');
  return {
    action: action as Policy['action'],
    scope: scope as ActionScope,
    alert: second.some(([name]) => name === 'alert'),
    ...(pass && { pass: (pass[1] ?? 'packet') as ActionScope }),
  };
}
