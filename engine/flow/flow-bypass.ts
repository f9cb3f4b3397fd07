/**
 * Bypassing a flow: its packets are no longer inspected. With local bypass they are only counted; if the device can
 * bypass them (a mark that firewall rules match), no more of them should arrive.
 */

import type { Thread } from '../module.js';
import * as FlowRecord from './flow-record.js';

/** Name of the service by which acquire modules announce that their device handles bypassed flows. */
export const CAPTURE_BYPASS = 'capture-bypass';

/**
 * Packets in transit may still arrive; one that arrives later than this many seconds shows that the device does not
 * bypass the flow.
 */
export const CAPTURE_BYPASS_TIMEOUT_SECONDS = 30;

/** From the next packet on, the flow is not inspected. */
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

/** A packet arrived of a flow that the device should have bypassed: after the timeout the flow is bypassed locally. */
export function fallBackToLocalBypass(row: Int32Array, flow: number): void {
  const f = flow * FlowRecord.INTS;
  if (!FlowRecord.hasPorts(row, f)) return;
  const since = FlowRecord.lastSecondsOf(row, f) - (row[f + FlowRecord.BYPASSED_SECONDS]! >>> 0);
  if (since > CAPTURE_BYPASS_TIMEOUT_SECONDS) row[f + FlowRecord.STATE] = FlowRecord.STATE_LOCAL_BYPASSED;
}
