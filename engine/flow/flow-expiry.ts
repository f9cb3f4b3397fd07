/**
 * The contract of a flow-expiry policy: which flows are looked at to see whether their time is over, and which one
 * makes room when there is none. `flow.expiry-policy` names a package or path whose default export is one.
 *
 * A flow that is met by a packet past its timeout ends in any case, so a policy decides only when the others end.
 */
import { pathToFileURL } from 'node:url';
import type { Config } from '../config/config.js';
import { option, text } from '../config/option.js';
import type { Thread } from '../module.js';
import type { FlowRows } from './flow-record.js';

/** Version of this contract. A policy made for another one is refused. */
export const FLOW_EXPIRY_API = 1;

/** The flows of a thread, as a policy may see and end them. */
export interface ExpirableFlows {
  /** Records of flows; columns are constants of `Flow`. Not to be written. */
  readonly records: FlowRows;
  /** Rows that can hold flows: `firstRow` … `firstRow + rows`. */
  readonly firstRow: number;
  readonly rows: number;
  /** Flows that are not over, and rows that are free. */
  readonly active: number;
  readonly freeRows: number;
  /** Time of the last packet, in seconds since the epoch. */
  readonly seconds: number;
  /** Few rows are free: the shorter timeouts hold. */
  readonly emergency: boolean;
  /** The row holds a flow that is not over. */
  isLive(row: number): boolean;
  /** Ends the row's flow if there is one and its time is over. */
  expire(row: number): void;
  /** Ends the row's flow before its time; its record says `forced`. */
  end(row: number): void;
}

/** Decides which flows end; one for each thread. */
export interface ExpiryPolicy {
  /**
   * Looks at about `budget` rows. Called once per batch while flows are to be searched for (see `flow.expiry`), so the
   * work must be bounded by the budget. Allocates nothing.
   */
  sweep(flows: ExpirableFlows, budget: number): void;
  /**
   * Room is needed: gives the row of the flow that is to make it.
   * @returns -1 to leave the choice to the engine, which takes the one that was silent longest among a few
   */
  victim?(flows: ExpirableFlows): number;
}

/** What a plugin exports by default. */
export interface FlowExpiryDefinition {
  /** FLOW_EXPIRY_API of the engine it was made for. */
  readonly api: number;
  /** One sentence: which flows end when. */
  readonly summary: string;
  /** Makes the policy of a thread. */
  create(thread: Thread): ExpiryPolicy;
}

/** Names a flow-expiry policy; gives its type to the compiler and nothing else. */
export function defineFlowExpiry(definition: Omit<FlowExpiryDefinition, 'api'>): FlowExpiryDefinition {
  return { api: FLOW_EXPIRY_API, ...definition };
}

/** The engine's own policy; any other name is that of a plugin. */
const OWN = 'clock-hand';

export const FLOW_EXPIRY_POLICY = option(
  'flow.expiry-policy',
  text,
  OWN,
  'policy that expires and evicts flows: clock-hand, or the path of a JavaScript file, or a package',
);

/** @returns the name of the plugin; undefined when the engine's own policy is wanted */
export function expiryPlugin(config: Config): string | undefined {
  const name = config.read(FLOW_EXPIRY_POLICY);
  return name === OWN ? undefined : name;
}

/** @param path whole path of the plugin  @throws Error naming it and what was expected */
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
