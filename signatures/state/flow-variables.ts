/** Store `flow-variables`: variables of flows, in the thread that inspects them. */
export const FLOW_VARIABLES = 'flow-variables';

export interface FlowVariables {
  /** Number of a name: constant during the life of the thread. */
  numberOf(name: string): number;
  hasBit(flow: number, bit: number): boolean;
  setBit(flow: number, bit: number, value: boolean): void;
  /** undefined if it was never set. */
  integer(flow: number, number: number): number | undefined;
  setInteger(flow: number, number: number, value: number): void;
}
