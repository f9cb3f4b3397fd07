/** The part of a rule before its options: `alert http $HOME_NET any -> any [80,8080]`. */

import { nearest } from '../../engine/nearest.js';
import { plainHook } from '../firewall/hooks.js';
import { checkFirewallHeader } from '../firewall/rule-checks.js';
import type { Header } from '../rule-builder.js';
import type { RuleContext } from '../rule-context.js';
import { RuleError } from '../rule-error.js';
import type { Action, ActionScope, AddressSet, PortSet, Position } from '../signature.js';
import { parseAddresses } from '../variables/addresses.js';
import { parsePorts } from '../variables/ports.js';
import type { RuleSource } from './source.js';

const ACTIONS: readonly Action[] = [
  'alert',
  'pass',
  'drop',
  'reject',
  'rejectsrc',
  'rejectdst',
  'rejectboth',
  'config',
  'accept',
];
const SCOPES: readonly ActionScope[] = ['packet', 'flow', 'tx', 'hook'];
const DIRECTIONS = ['->', '<>', '=>'] as const;

/** The header, and the offset of the options. */
export interface ParsedHeader {
  readonly header: Header;
  readonly alertToo: boolean;
  /** Why the protocol cannot be inspected yet. */
  readonly unsupported: string | undefined;
  /** Offset after "(". */
  readonly options: number;
}

/** @throws RuleError */
export function parseHeader(source: RuleSource, context: RuleContext): ParsedHeader {
  const words = new Words(source);
  const action = parseAction(words.next('action'), words.at, context.firewall);
  const protocol = parseProtocol(words.next('protocol'), context, words.at);
  const from = parseSide(words, 'source', context);
  const direction = parseDirection(words.next('direction'), words.at);
  const to = parseSide(words, 'destination', context);
  const header: Header = {
    action: action.action,
    ...(action.scope && { scope: action.scope }),
    ...(action.passToo && { passToo: action.passToo }),
    ...(context.firewall && { firewall: true as const }),
    protocol: protocol.name,
    ...(protocol.hook && { hook: protocol.hook }),
    source: from.addresses,
    destination: to.addresses,
    sourcePorts: from.ports,
    destinationPorts: to.ports,
    direction: direction,
  };
  if (context.firewall) checkFirewallHeader(header, source.position(0));
  return { header, alertToo: action.alertToo, unsupported: protocol.unsupported, options: words.options() };
}

/** Reads word by word; brackets keep a list together. */
class Words {
  private offset = 0;
  private start = 0;

  constructor(private readonly source: RuleSource) {}

  /** Position of the last word. */
  get at(): Position {
    return this.source.position(this.start);
  }

  next(expected: string): string {
    const { text } = this.source;
    let i = this.offset;
    while (i < text.length && text.charCodeAt(i) <= 0x20) i++;
    this.start = i;
    let depth = 0;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c <= 0x20 && depth === 0) break;
      if (c === 0x28) break;
      if (c === 0x5b) depth++;
      else if (c === 0x5d) depth--;
    }
    if (i === this.start)
      throw new RuleError(
        `${expected} expected`,
        this.at,
        'action protocol source port -> destination port (options)',
      );
    if (depth > 0) throw new RuleError(`list is not closed: "]" expected`, this.at);
    this.offset = i;
    return text.slice(this.start, i);
  }

  options(): number {
    const { text } = this.source;
    let i = this.offset;
    while (i < text.length && text.charCodeAt(i) <= 0x20) i++;
    this.start = i;
    if (text[i] !== '(') throw new RuleError('rule options expected: "("', this.at);
    return i + 1;
  }
}

interface ParsedAction {
  readonly action: Action;
  readonly scope: ActionScope | undefined;
  readonly alertToo: boolean;
  readonly passToo?: ActionScope;
}

const PLAIN_ACTIONS = new Map<string, ParsedAction>(
  ACTIONS.map(action => [action, { action, scope: undefined, alertToo: false }]),
);

function parseAction(text: string, at: Position, firewall: boolean): ParsedAction {
  const plain = PLAIN_ACTIONS.get(text);
  if (plain && (firewall || plain.action !== 'accept')) return plain;
  const [first, ...further] = text.split(',').map(each => scopedAction(each, at));
  const { action, scope } = first!;
  if (action === 'accept' && !firewall)
    throw new RuleError('action "accept" is only for firewall rules', at, 'pass');
  for (const second of further) checkSecond(second, text, at, firewall);
  const pass = further.find(each => each.action === 'pass');
  return {
    action,
    scope,
    alertToo: further.some(each => each.action === 'alert'),
    ...(pass && { passToo: pass.scope ?? 'packet' }),
  };
}

interface ScopedAction {
  readonly action: Action;
  readonly scope: ActionScope | undefined;
}

function scopedAction(text: string, at: Position): ScopedAction {
  const [name, scope, ...rest] = text.split(':');
  const action = ACTIONS.find(each => each === name);
  if (!action)
    throw new RuleError(
      `An invalid action "${name}" was given`,
      at,
      nearest(name!, ACTIONS) ?? `one of ${ACTIONS.join(', ')}`,
    );
  if (rest.length > 0 || (scope !== undefined && !SCOPES.includes(scope as ActionScope)))
    throw new RuleError(`invalid action scope in "${text}"`, at, `one of ${SCOPES.join(', ')}`);
  return { action, scope: scope as ActionScope | undefined };
}

/** Besides the action, an alert can be requested; a firewall rule can pass what it accepts in threat detection. */
function checkSecond({ action, scope }: ScopedAction, text: string, at: Position, firewall: boolean): void {
  if (action === 'alert' && scope === undefined) return;
  if (firewall && action === 'pass') return;
  throw new RuleError(`invalid second action in "${text}"`, at, firewall ? 'alert, pass:flow' : 'alert');
}

function parseProtocol(
  text: string,
  context: RuleContext,
  at: Position,
): { name: string; hook?: string; unsupported?: string } {
  const colon = text.indexOf(':');
  const name = (colon < 0 ? text : text.slice(0, colon)).toLowerCase();
  const protocol = context.protocols.get(name);
  if (!protocol) {
    throw new RuleError(
      `protocol "${name}" cannot be used in a signature`,
      at,
      nearest(name, context.protocols.keys()),
    );
  }
  const unsupported =
    protocol.kind === 'absent' ? `protocol ${protocol.name} is not supported yet` : undefined;
  if (colon < 0) return { name: protocol.name, unsupported };
  const hook = text.slice(colon + 1);
  const mayAcceptEarlier = context.firewall && protocol.kind !== 'network';
  const plain = mayAcceptEarlier ? plainHook(hook) : hook;
  if (!unsupported && !protocol.hooks.includes(plain)) {
    throw new RuleError(
      `protocol "${name}" has no hook "${hook}"`,
      at,
      nearest(plain, protocol.hooks) ?? `one of ${protocol.hooks.join(', ')}`,
    );
  }
  return { name: protocol.name, hook, unsupported };
}

function parseSide(
  words: Words,
  side: string,
  context: RuleContext,
): { addresses: AddressSet; ports: PortSet } {
  const addressText = words.next(`${side} address`);
  const addressAt = words.at;
  const portText = words.next(`${side} port`);
  const { shared } = context;
  let addresses = shared.addresses.get(addressText);
  if (!addresses) {
    addresses = parseAddresses(addressText, context.addressVariables, addressAt);
    shared.addresses.set(addressText, addresses);
  }
  let ports = shared.ports.get(portText);
  if (!ports) {
    ports = parsePorts(portText, context.portVariables, words.at);
    shared.ports.set(portText, ports);
  }
  return { addresses, ports };
}

function parseDirection(text: string, at: Position): (typeof DIRECTIONS)[number] {
  const direction = DIRECTIONS.find(each => each === text);
  if (!direction)
    throw new RuleError(
      `"${text}" is not a valid direction modifier, "->", "<>" and "=>" are supported`,
      at,
      '->',
    );
  return direction;
}
