/**
 * The API of a flow-expiry policy: which flows are checked for their timeout, and which one is evicted when the table
 * is full. `flow.expiry-policy` names a package or path whose default export is one.
 *
 * A flow ends in any case when a packet arrives after its timeout, so a policy decides only when other flows end.
 */
import { pathToFileURL } from 'node:url';
import type { Config } from '../config/config.js';
import { option, text } from '../config/option.js';
import type { Thread } from '../module.js';
import type { FlowRows } from './flow-record.js';

/** Version of this API. A policy made for another version is rejected. */
export const FLOW_EXPIRY_API = 1;

/** The flows of a thread, as a policy can access and end them. */
export interface ExpirableFlows {
  /** Records of flows; columns are constants of `Flow`. Read-only. */
  readonly records: FlowRows;
  /** Rows of the table: `firstRow` … `firstRow + rows`. */
  readonly firstRow: number;
  readonly rows: number;
  /** Active flows, and free rows. */
  readonly active: number;
  readonly freeRows: number;
  /** Time of the last packet, in seconds since the epoch. */
  readonly seconds: number;
  /** Few rows are free: the emergency timeouts apply. */
  readonly emergency: boolean;
  /** The row holds an active flow. */
  isLive(row: number): boolean;
  /** Ends the row's flow if there is one and it has timed out. */
  expire(row: number): void;
  /** Evicts the row's flow before its timeout; its record has reason `forced`. */
  end(row: number): void;
}

/** Decides which flows end; one instance per thread. */
export interface ExpiryPolicy {
  /**
   * Checks about `budget` rows. Called once per batch while flows are to be expired (see `flow.expiry`), so the work
   * must be bounded by the budget. Must not allocate.
   */
  sweep(flows: ExpirableFlows, budget: number): void;
  /**
   * The table is full: returns the row of the flow to evict.
   * @returns -1 to leave the choice to the engine, which takes the one idle for longest among a few
   */
  victim?(flows: ExpirableFlows): number;
}

/** The default export of a plugin. */
export interface FlowExpiryDefinition {
  /** FLOW_EXPIRY_API of the engine it was written for. */
  readonly api: number;
  /** One sentence: which flows end when. */
  readonly summary: string;
  /** Creates the policy of a thread. */
  create(thread: Thread): ExpiryPolicy;
}

/** Defines a flow-expiry policy: checks its type and adds the version of the API. */
export function defineFlowExpiry(definition: Omit<FlowExpiryDefinition, 'api'>): FlowExpiryDefinition {
  return { api: FLOW_EXPIRY_API, ...definition };
}

/** The engine's own policy; any other name refers to a plugin. */
const OWN = 'clock-hand';

export const FLOW_EXPIRY_POLICY = option(
  'flow.expiry-policy',
  text,
  OWN,
  'policy that expires and evicts flows: clock-hand, or the path of a JavaScript file, or a package',
);

/** @returns the name of the plugin; undefined if the engine's own policy is used */
export function expiryPlugin(config: Config): string | undefined {
  const name = config.read(FLOW_EXPIRY_POLICY);
  return name === OWN ? undefined : name;
}

/** @param path absolute path of the plugin  @throws Error naming it and what was expected */
export async function loadFlowExpiry(path: string): Promise<FlowExpiryDefinition> {
  const { default: found } = (await import(pathToFileURL(path).href)) as {
    default?: Partial<FlowExpiryDefinition>;
  };
  if (typeof found?.create !== 'function')
    throw new Error(`${path}: the default export is not a flow-expiry policy (see defineFlowExpiry)`);
  if (found.api !== FLOW_EXPIRY_API)
    throw new Error(`${path} is made for flow-expiry API ${found.api}, this engine has ${FLOW_EXPIRY_API}`);
  return found as FlowExpiryDefinition;
}
