/** What a script is called for: the table that its `init` returns. */
import * as Event from '../../engine/event.js';
import type { LuaTable, LuaValue } from '../../engine/lua.js';

/** Protocols whose transactions scripts can log. */
const PROTOCOLS = ['http', 'dns', 'tls', 'ssh', 'smtp', 'ntp'] as const;

const FILTERS = ['alerts', 'tcp'] as const;

export type Needs =
  | { readonly kind: 'transaction'; readonly protocol: string }
  | { readonly kind: 'packet'; readonly filter: 'alerts' | 'tcp' | undefined }
  | { readonly kind: 'flow' }
  | { readonly kind: 'file' }
  | { readonly kind: 'stats' }
  /** Stream data as it is reassembled, and HTTP bodies. */
  | { readonly kind: 'streaming'; readonly of: 'tcp' | 'http' };

/** @throws Error that states what was expected */
export function needsOf(value: LuaValue): Needs {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array)
    throw new Error('init function of script returned no table');
  const { type, filter, protocol, streaming } = value as LuaTable;
  if (streaming !== undefined) return { kind: 'streaming', of: streamOf(streaming) };
  switch (type) {
    case undefined:
      return { kind: 'transaction', protocol: oneOf(PROTOCOLS, protocol, 'protocol') };
    case 'packet':
      return {
        kind: 'packet',
        filter: filter === undefined ? undefined : oneOf(FILTERS, filter, 'filter'),
      };
    case 'streaming':
      return { kind: 'streaming', of: streamOf(protocol ?? filter) };
    default:
      return { kind: oneOf(['flow', 'file', 'stats'], type, 'type') };
  }
}

function streamOf(value: LuaValue): 'tcp' | 'http' {
  return oneOf(['tcp', 'http'], value, 'streaming');
}

function oneOf<T extends string>(values: readonly T[], given: LuaValue, what: string): T {
  const found = values.find(each => each === given);
  if (found === undefined)
    throw new Error(`${what} "${String(given)}" is not supported, expected one of: ${values.join(', ')}`);
  return found;
}

/** The event a script is called with, an EVENT_ or WANTS_ constant; EVENT_NONE when transactions are read directly. */
export function eventOf(needs: Needs): number | undefined {
  switch (needs.kind) {
    case 'packet':
      return needs.filter === 'alerts' ? Event.EVENT_ALERT : Event.WANTS_PACKETS;
    case 'flow':
      return Event.EVENT_FLOW;
    case 'file':
      return Event.EVENT_FILEINFO;
    case 'streaming':
      return needs.of === 'tcp' ? Event.WANTS_PACKETS : Event.EVENT_NONE;
    case 'transaction':
      return Event.EVENT_NONE;
    case 'stats':
      return undefined;
  }
}
