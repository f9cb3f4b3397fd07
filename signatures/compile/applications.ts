/** Rules on transactions: buffers and lists for each application protocol and direction. */

import type { BufferDeclaration, Direction, Protocol } from '../../engine/protocol.js';
import { hookPoint } from '../hook-point.js';
import { shared32 } from './address-sets.js';
import { type Compiled, FRAME, isFoundByPayload, isFrame } from './compiled.js';
import type { Databases, PatternNumbers } from './databases.js';
import { bufferKey } from './fast-pattern.js';
import type { ApplicationRules, BufferSearch } from './image.js';
import { PACKET_BUFFERS, TCP, UDP } from './traits.js';

interface CompileTools {
  readonly patterns: PatternNumbers;
  readonly databases: Databases;
}

/** @returns by protocol name: rules to server, to client */
export function applicationRules(
  protocols: readonly Protocol[],
  all: readonly Compiled[],
  tools: CompileTools,
): Record<string, [ApplicationRules, ApplicationRules]> {
  const candidates = byProtocol(
    protocols,
    all.filter(member => member.traits.onTransactions),
  );
  const rules: Record<string, [ApplicationRules, ApplicationRules]> = {};
  const add = (protocol: Protocol, members: readonly Compiled[]): void => {
    rules[protocol.name] = [
      directionRules(protocol, members, true, tools),
      directionRules(protocol, members, false, tools),
    ];
  };
  for (const protocol of protocols) {
    const members = candidates.get(protocol.name)!;
    add(protocol, membersFor(members, protocol));
    const frames = protocol.frames as Protocol | undefined;
    if (frames) add(frames, membersFor(members.filter(isOnFrames), frames));
  }
  return rules;
}

const isOnFrames = ({ buffers }: Compiled): boolean => buffers.some(isFrame);

/** Signatures that name a protocol are assigned to it alone, others to all: most of tens of thousands name one. */
function byProtocol(
  protocols: readonly Protocol[],
  members: readonly Compiled[],
): ReadonlyMap<string, Compiled[]> {
  const lists = new Map<string, Compiled[]>(protocols.map(({ name }) => [name, []]));
  for (const member of members) {
    const { applications } = member.traits;
    for (const name of applications.length > 0 ? applications : lists.keys()) lists.get(name)?.push(member);
  }
  return lists;
}

/** Names of the frames used by signatures, as `PREFIX.NAME`. */
export function framesIn(all: readonly Compiled[]): string[] {
  const buffers = all.flatMap(member => member.buffers).filter(isFrame);
  return [...new Set(buffers.map(buffer => buffer.slice(FRAME.length)))];
}

/** The members whose buffers and keywords the protocol provides. */
function membersFor(members: readonly Compiled[], protocol: Protocol): Compiled[] {
  const transports = protocol.transports.reduce((bits, name) => bits | (name === 'tcp' ? TCP : UDP), 0);
  return members.filter(
    member => (member.traits.transports & transports) !== 0 && appliesTo(member, protocol),
  );
}

function appliesTo({ protocols, keywords, buffers }: Compiled, protocol: Protocol): boolean {
  if (protocols.some(name => !isNameOf(protocol, name))) return false;
  if (keywords.some(keyword => !declares(protocol, keyword))) return false;
  return buffers.every(buffer => declarationOf(protocol, buffer) !== undefined);
}

/** Whether the protocol declares a value or test with this keyword. */
function declares(protocol: Protocol, keyword: string): boolean {
  const named = (each: { keyword: string }) => isNamed(each, keyword);
  return protocol.values.some(named) || protocol.tests.some(named);
}

/** Whether a declaration has this name or alias. */
export function isNamed(
  declared: { readonly keyword: string; readonly aliases?: readonly string[] },
  keyword: string,
): boolean {
  return declared.keyword === keyword || declared.aliases?.includes(keyword) === true;
}

function isNameOf(protocol: Protocol, name: string): boolean {
  return protocol.name === name || protocol.ruleNames?.includes(name) === true;
}

/** A protocol's buffer declaration by keyword or alias. */
export function declarationOf(protocol: Protocol, keyword: string): BufferDeclaration | undefined {
  return protocol.buffers.find(
    b => b.keyword === keyword || b.modifier === keyword || b.aliases?.includes(keyword),
  );
}

function isInDirection(direction: Direction, toServer: boolean): boolean {
  return direction === 'either' || direction === (toServer ? 'to_server' : 'to_client');
}

function directionRules(
  protocol: Protocol,
  members: readonly Compiled[],
  toServer: boolean,
  tools: CompileTools,
): ApplicationRules {
  const buffers = new Map<string, { search: Omit<BufferSearch, 'search'>; patterns: number[] }>();
  const always: number[] = [];
  const events: number[] = [];
  const other = toServer ? 'to_client' : 'to_server';
  for (const member of members) {
    const { number, pattern, hook } = member;
    if (isFoundByPayload(member) || (member.direction === other && member.arrow !== '=>')) continue;
    if (hook !== undefined && hookPoint(protocol, hook)?.toServer !== toServer) continue;
    const declared =
      pattern && !PACKET_BUFFERS.has(pattern.buffer) && declarationOf(protocol, pattern.buffer);
    if (!pattern || !declared) {
      (member.onTransactionEvents ? events : always).push(number);
      continue;
    }
    if (!isInDirection(declared.direction, toServer)) continue;
    const { transforms } = pattern;
    const key = bufferKey(declared.keyword, transforms);
    const list = buffers.get(key) ?? { search: searchedBuffer(declared, key, transforms), patterns: [] };
    buffers.set(key, list);
    list.patterns.push(tools.patterns.add(`${key} ${protocol.name}`, pattern.bytes, pattern.nocase, number));
  }
  const searches = [...buffers.values()].map(({ search, patterns }) => ({
    ...search,
    search: tools.databases.searchOf(patterns, search.growing),
  }));
  searches.sort((a, b) => a.progress - b.progress);
  return { buffers: searches, always: shared32(always), events: shared32(events) };
}

function searchedBuffer(
  declared: BufferDeclaration,
  key: string,
  transforms: readonly object[],
): Omit<BufferSearch, 'search'> {
  return {
    key,
    keyword: declared.keyword,
    transforms,
    progress: declared.progress,
    multiple: declared.multiple === true,
    // Transformed buffers are searched as a whole.
    growing: declared.growing === true && transforms.length === 0,
  };
}
