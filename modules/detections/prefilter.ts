/** The contents of a detection's `when`: searched at the beginning of a side, before the detection is started. */

import type { FlowPattern } from '../../engine/detection/prepared.js';
import type { DetectionSocket } from '../../engine/detection/socket.js';
import type { FlowRows } from '../../engine/flow/flow-record.js';
import type { Memory } from '../../engine/memory.js';
import { compileBuffer } from '../../signatures/buffer-matcher.js';
import { newInspection } from '../../signatures/inspection.js';
import type { ContentMatch, Match } from '../../signatures/signature.js';

export interface Prefilter {
  /** They are searched in the server's data. */
  readonly searchesServer: boolean;
  /** Number of bytes at the beginning that must contain them. */
  readonly window: number;
  /** `yes`, `no`, or `later` while more bytes may lead to a match. */
  search(socket: DetectionSocket): 'yes' | 'no' | 'later';
}

/** @returns undefined when the detection has no contents */
export function openPrefilter(
  pattern: FlowPattern,
  window: number,
  memory: Memory,
  flows: FlowRows,
): Prefilter | undefined {
  if (pattern.contents.length === 0) return undefined;
  const environment = { stores: new Map<string, unknown>(), variable: () => 0 };
  const test = compileBuffer(pattern.contents as readonly Match[], environment, new Map());
  const at = newInspection(memory, flows);
  const reach = Math.min(window, reachOf(pattern.contents as readonly ContentMatch[]));
  return {
    searchesServer: pattern.contentsOfServer,
    window: reach,
    search(socket) {
      const { bytes, start, finish } = socket.view;
      at.bytes = bytes;
      at.start = start;
      at.end = Math.min(finish, start + reach);
      at.cursor = start;
      if (finish > start && test(at)) return 'yes';
      return finish - start >= reach || socket.endsHere ? 'no' : 'later';
    },
  };
}

/** Number of bytes from the beginning that must contain all contents: with that many bytes, it is decided. */
function reachOf(contents: readonly ContentMatch[]): number {
  let reach = 0;
  let end = 0;
  for (const { offset = 0, depth, distance, within } of contents) {
    // A content without a bound may be anywhere; a bound given by a variable is not available here.
    if (typeof within === 'number') end += Math.max(0, Number(distance ?? 0)) + within;
    else if (typeof depth === 'number' && distance === undefined) end = Number(offset) + depth;
    else return Infinity;
    reach = Math.max(reach, end);
  }
  return reach;
}
