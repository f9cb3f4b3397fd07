/** Where reading goes on when bytes of a stream are missing. */
import type { ProbeResult } from '../protocol/recognition.js';
import type { Reading, StreamSocket } from './stream-socket.js';

/** What may begin at `bytes[start]`; `bytes[start, end)` is there. */
export type Beginning = (bytes: Uint8Array, start: number, end: number) => ProbeResult;

/**
 * After a read failed: goes on behind the gap, where a segment begins with a message.
 * @returns false where no gap was the reason, or no message comes any more
 */
export function* passGap(socket: StreamSocket, beginning: Beginning): Reading<boolean> {
  if (socket.state !== 'gap') return false;
  // Bytes that were too few to tell by, before the last segment came.
  let few = 0;
  for (;;) {
    if (socket.state === 'gap') socket.resume();
    if (socket.available <= few && !(yield* socket.wait(few + 1))) {
      if ((socket.state as string) !== 'gap') return false;
      few = 0;
      continue;
    }
    const { view, offset, available } = socket;
    const answer = beginning(view, offset, offset + available);
    if (answer === 'yes') return true;
    if (answer !== 'more') socket.skip(few > 0 ? few : available);
    few = answer === 'more' ? available : 0;
  }
}
