/**
 * Bypassing a flow: nothing looks at its packets any more. Locally they are only counted; where the device can keep them
 * to itself (a mark that the rules of a firewall look at), it is the device's doing, and none should come.
 */

import type { Thread } from '../module.js';
import * as FlowRecord from './flow-record.js';

/** Name of the service by which acquire modules say that their device keeps bypassed flows to itself. */
export const CAPTURE_BYPASS = 'capture-bypass';

/** Packets that were under way may still come; one that comes later than so many seconds says that the device does not. */
export const CAPTURE_PATIENCE_SECONDS = 30;

/** From the next packet on nothing of the flow is looked at. */
export function bypassFlow(
  { flows: { row }, services }: Pick<Thread, 'flows' | 'services'>,
  flow: number,
): void {
  const f = flow * FlowRecord.INTS;
  row[f + FlowRecord.FLAGS]! |= FlowRecord.FLAG_BYPASSED;
  row[f + FlowRecord.STATE] = services.has(CAPTURE_BYPASS)
    ? FlowRecord.STATE_CAPTURE_BYPASSED
    : FlowRecord.STATE_LOCAL_BYPASSED;
  if (FlowRecord.hasPorts(row, f)) row[f + FlowRecord.BYPASSED_SECONDS] = row[f + FlowRecord.LAST_SECONDS]!;
}

/** A packet of a flow that the device should have kept to itself has come: after a while the flow is bypassed locally. */
export function noteUnbypassed(row: Int32Array, flow: number): void {
  const f = flow * FlowRecord.INTS;
  if (!FlowRecord.hasPorts(row, f)) return;
  const since = FlowRecord.lastSecondsOf(row, f) - (row[f + FlowRecord.BYPASSED_SECONDS]! >>> 0);
  if (since > CAPTURE_PATIENCE_SECONDS) row[f + FlowRecord.STATE] = FlowRecord.STATE_LOCAL_BYPASSED;
}
