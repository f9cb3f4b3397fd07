/** Positions of rule header hooks in a protocol. */
import type { Protocol } from '../engine/protocol.js';

/** A state of one direction. */
export interface HookPoint {
  readonly toServer: boolean;
  readonly progress: number;
}

/** Position of a rule header hook in a protocol; undefined if it has no such state. */
export function hookPoint(protocol: Protocol, hook: string): HookPoint | undefined {
  const { progressToServer, progressToClient } = protocol;
  const generic: Readonly<Record<string, HookPoint>> = {
    request_started: { toServer: true, progress: 0 },
    request_complete: { toServer: true, progress: progressToServer.length - 1 },
    response_started: { toServer: false, progress: 0 },
    response_complete: { toServer: false, progress: progressToClient.length - 1 },
  };
  const known = generic[hook];
  if (known) return known;
  const request = progressToServer.indexOf(hook);
  if (request >= 0) return { toServer: true, progress: request };
  const response = progressToClient.indexOf(hook);
  return response >= 0 ? { toServer: false, progress: response } : undefined;
}
