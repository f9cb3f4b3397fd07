/** Where parsing resumes after a gap in a stream. */
import type { ProbeResult } from '../protocol/recognition.js';
import type { Reading, StreamSocket } from './stream-socket.js';

/** Whether a message may begin at `bytes[start]`; `bytes[start, end)` is available. */
export type MessageProbe = (bytes: Uint8Array, start: number, end: number) => ProbeResult;

/**
 * After a failed read: resumes after the gap, at a segment that begins with a message.
 * @returns false if the reason was not a gap, or no further message begins
 */
export function* resumeAfterGap(socket: StreamSocket, probe: MessageProbe): Reading<boolean> {
  if (socket.state !== 'gap') return false;
  // Bytes before the last segment that were too few to decide.
  let undecided = 0;
  for (;;) {
    if (socket.state === 'gap') socket.resume();
    if (socket.available <= undecided && !(yield* socket.wait(undecided + 1))) {
      if ((socket.state as string) !== 'gap') return false;
      undecided = 0;
      continue;
    }
    const { view, offset, available } = socket;
    const answer = probe(view, offset, offset + available);
    if (answer === 'yes') return true;
    if (answer !== 'more') socket.skip(undecided > 0 ? undecided : available);
    undecided = answer === 'more' ? available : 0;
  }
}
