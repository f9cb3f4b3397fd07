/**
 * The client address named by a proxy, if an output wants it: in addition to the alert's, or in place of the client.
 */
import { type ForwardedFor, forwardedForKey } from '../../engine/record/forwarded-for.js';
import type { Subject } from '../../engine/record/subject.js';
import { key } from './json-bytes.js';
import type { Writer } from './writer.js';

export const XFF = key('xff');
export const XFF_MEMBER = new TextEncoder().encode('xff');
const QUOTE = 1;

/** The address in the event's own members, or undefined. */
export function forwardedFor(writer: Writer, subject: Subject, wanted: ForwardedFor): string | undefined {
  const members = writer.ownMembers(subject);
  const { bytes } = writer.thread.memory;
  while (members.next()) {
    if (!members.isNamed(XFF_MEMBER)) continue;
    members.ended(bytes, members.valueStart + QUOTE, members.valueEnd - QUOTE);
    const key = forwardedForKey(wanted);
    while (members.next())
      if (members.name === key)
        return String.fromCharCode(...bytes.subarray(members.valueStart + QUOTE, members.valueEnd - QUOTE));
  }
  return undefined;
}
