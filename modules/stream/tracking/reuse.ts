/** Reused ports: a SYN, or midstream a SYN/ACK, that begins another session on the same ports. */
import * as State from '../../../engine/stream/tcp-state.js';
import { type Context, distance } from './context.js';
import { ACK, FIN, RST, type Segment, SYN } from './segment.js';
import * as Session from './session.js';

/** Whether the segment begins a new session while the record still holds the previous one. */
export function beginsNewSession(c: Context, x: Segment): boolean {
  if (!x.has(SYN) || x.flags & (RST | FIN)) return false;
  if (x.has(ACK) && (x.toServer || !c.settings.midstream)) return false;
  const { cells } = c;
  if (isAfterRefusal(c, x)) return true;
  const state = cells[x.session + Session.STATE]!;
  if (x.seq === cells[x.own + Session.ISN]) return false;
  if (state >= State.LAST_ACK) return true;
  // RFC 6191: in TIME_WAIT a higher number begins a new session.
  return state === State.TIME_WAIT && distance(x.seq, cells[x.own + Session.NEXT_SEQ]!) > 0;
}

/** After the data of its SYN was refused, the client retries without Fast Open. */
export function isAfterRefusal(c: Context, x: Segment): boolean {
  const { cells } = c;
  const refused = cells[x.session + Session.FLAGS]! & Session.SESSION_SYN_DATA_IGNORED;
  if (refused === 0 || cells[x.session + Session.STATE] !== State.SYN_RECV || !x.toServer) return false;
  return !x.has(ACK) && x.length === 0 && !x.options().fastOpen;
}
