/** The commands and lines of a stream. */
import type { Session } from '../../../engine/application/session.js';
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';

/** Interpret as command, and commands (RFC 854). */
export const IAC = 255;
export const SB = 250;
export const WILL = 251;
export const DONT = 254;
const LF = 10;
/** Maximum bytes of a line or of an option negotiation. */
const MAX_LENGTH = 4096;

/** Without frames there is nothing to report: bytes are skipped as they arrive. */
export function* readCommandsAndLines(session: Session, toServer: boolean): Reading<void> {
  const socket = toServer ? session.client : session.server;
  for (;;) {
    if (!(yield* socket.wait(1))) return;
    if (!session.frames) {
      socket.skip(socket.available);
      continue;
    }
    const isCommand = socket.view[socket.offset] === IAC;
    const length = isCommand ? yield* commandLength(socket) : yield* lineLength(socket);
    if (length === undefined) return;
    session.frame(isCommand ? 'ctl' : 'data', toServer, socket.position, length);
    socket.skip(length);
  }
}

/** Two bytes, or three with an option; a subnegotiation extends to the next command. */
function* commandLength(socket: StreamSocket): Reading<number | undefined> {
  if (!(yield* socket.wait(2))) return undefined;
  const command = socket.view[socket.offset + 1]!;
  if (command === SB) return yield* lengthUntil(socket, IAC, 2);
  if (command < WILL || command > DONT) return 2;
  return (yield* socket.wait(3)) ? 3 : undefined;
}

function* lineLength(socket: StreamSocket): Reading<number | undefined> {
  const length = yield* lengthUntil(socket, LF, 0);
  return length === undefined ? undefined : Math.min(length + 1, MAX_LENGTH);
}

/** Bytes before this one, after the first `from`. */
function* lengthUntil(socket: StreamSocket, byte: number, from: number): Reading<number | undefined> {
  for (let looked = from; ; ) {
    const { view, offset, available } = socket;
    for (let at = looked; at < available && at < MAX_LENGTH; at++) {
      if (view[offset + at] === byte) return at;
    }
    if (available >= MAX_LENGTH) return MAX_LENGTH;
    looked = available;
    if (!(yield* socket.wait(available + 1))) return undefined;
  }
}
