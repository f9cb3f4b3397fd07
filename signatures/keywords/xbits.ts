/** xbits and hostbits: bits by name, set on addresses or address pairs, that outlive the flow. */
import * as Packet from '../../engine/packet.js';
import type { Test } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import { SHARED_BITS, type SharedBits } from '../state/shared-bits.js';
import { nameHash } from '../state/shared-table.js';
import type { Track } from '../state/track.js';

type Command = 'set' | 'unset' | 'toggle' | 'isset' | 'isnotset';

export interface SharedBitMatch extends Match {
  readonly kind: 'xbits' | 'hostbits';
  readonly command: Command;
  readonly name: string;
  readonly tracks: readonly Track[];
  /** Expiry in seconds. */
  readonly expire: number;
  /** Kept with the transaction, for its lifetime; `tracks` is empty. */
  readonly transaction?: true;
}

const COMMANDS = new Set(['set', 'unset', 'toggle', 'isset', 'isnotset']);
const XBITS_EXPIRE = 30;
const HOSTBITS_EXPIRE = 300;

const TRACKS: Readonly<Record<string, readonly Track[]>> = {
  ip_src: ['by_src'],
  ip_dst: ['by_dst'],
  ip_pair: ['by_both'],
};
const DIRECTIONS: Readonly<Record<string, readonly Track[]>> = {
  src: ['by_src'],
  dst: ['by_dst'],
  both: ['by_src', 'by_dst'],
};

function add(rule: RuleBuilder, match: SharedBitMatch): void {
  if (match.command === 'isset' || match.command === 'isnotset') rule.addCondition(match);
  else rule.addEffect(match);
}

function commandOf(text: string, keyword: string, at: Position): Command {
  if (COMMANDS.has(text)) return text as Command;
  throw new RuleError(`${keyword} action "${text}" is invalid`, at, [...COMMANDS, 'noalert'].join(', '));
}

function noAlert(rule: RuleBuilder, more: boolean, keyword: string, at: Position): void {
  if (more) throw new RuleError(`${keyword}:noalert takes no further arguments`, at, `${keyword}:noalert`);
  rule.noalert = true;
}

function parseXbits(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const fields = argument!.split(',').map(each => each.trim());
  if (fields[0] === 'noalert') {
    noAlert(rule, fields.length > 1, 'xbits', at);
    return;
  }
  const command = commandOf(fields[0]!, 'xbits', at);
  const name = fields[1] ?? '';
  const track = /^track\s+(ip_src|ip_dst|ip_pair|tx)$/.exec(fields[2] ?? '')?.[1];
  if (name === '' || !track)
    throw new RuleError(`invalid xbits "${argument}"`, at, 'xbits:set,name,track ip_src,expire 60');
  const expire = fields[3] === undefined ? XBITS_EXPIRE : seconds(fields[3], at);
  if (expire === 0) throw new RuleError('xbits expire must be greater than 0', at);
  const tracks = TRACKS[track];
  if (!tracks) {
    add(rule, { kind: 'xbits', command, name, tracks: [], expire, transaction: true });
    return;
  }
  add(rule, { kind: 'xbits', command, name, tracks, expire });
}

function seconds(text: string, at: Position): number {
  const match = /^expire\s+(\d{1,9})$/.exec(text);
  if (match) return Number(match[1]);
  throw new RuleError(`invalid "${text}"`, at, 'expire 60');
}

function parseHostbits(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const [first = '', name = '', direction = 'src', expire, ...rest] = argument!
    .split(',')
    .map(each => each.trim());
  if (first === 'noalert') {
    noAlert(rule, name !== '', 'hostbits', at);
    return;
  }
  const command = commandOf(first, 'hostbits', at);
  const tracks = Object.hasOwn(DIRECTIONS, direction) ? DIRECTIONS[direction] : undefined;
  const seconds = expire === undefined ? HOSTBITS_EXPIRE : /^\d{1,9}$/.test(expire) ? Number(expire) : 0;
  if (name === '' || !tracks || seconds === 0 || rest.length > 0)
    throw new RuleError(`invalid hostbits "${argument}"`, at, 'hostbits:set,name,src,60');
  add(rule, { kind: 'hostbits', command, name, tracks, expire: seconds });
}

export const sharedBitKeywords: readonly Keyword[] = [
  {
    name: 'xbits',
    family: 'xbits',
    summary: 'Sets, unsets, toggles or tests named bits of an address or a pair of addresses.',
    grammar:
      'set | unset | toggle | isset | isnotset, name, track ip_src | ip_dst | ip_pair | tx [, expire seconds]',
    parse: parseXbits,
  },
  {
    name: 'hostbits',
    family: 'host',
    summary: 'Sets, unsets, toggles or tests named bits of a host.',
    grammar: 'set | unset | toggle | isset | isnotset, name [, src | dst | both [, seconds]]',
    parse: parseHostbits,
  },
];

/** Bits of the current transaction; without one, no bit is set. */
function onTransaction(command: Command, name: string): Test {
  return ({ transaction }) => {
    if (command === 'isset') return transaction?.bits?.has(name) === true;
    if (command === 'isnotset') return transaction?.bits?.has(name) !== true;
    if (!transaction) return true;
    transaction.bits ??= new Set();
    const wanted = command === 'set' || (command === 'toggle' && !transaction.bits.has(name));
    if (wanted) transaction.bits.add(name);
    else transaction.bits.delete(name);
    return true;
  };
}

function compiler(kind: 'xbits' | 'hostbits'): MatchCompiler {
  return {
    kind,
    compile(match, environment) {
      const { command, name, tracks, expire, transaction } = match as SharedBitMatch;
      if (transaction) return onTransaction(command, name);
      const store = environment.stores.get(SHARED_BITS) as SharedBits;
      const hash = nameHash(`${kind} ${name}`);
      return at => {
        const now = Packet.secondsOf(at.memory.row, at.p);
        const has = (track: Track) => store.has(hash, track, at.p, at.toServer, now);
        if (command === 'isset') return tracks.some(has);
        if (command === 'isnotset') return !tracks.every(has);
        for (const track of tracks) {
          const wanted = command === 'set' || (command === 'toggle' && !has(track));
          if (wanted) store.set(hash, track, at.p, at.toServer, now, expire);
          else store.unset(hash, track, at.p, at.toServer, now);
        }
        return true;
      };
    },
  };
}

export const sharedBitCompilers: readonly MatchCompiler[] = [compiler('xbits'), compiler('hostbits')];
