/** Store `flow-variables`: what signatures keep with a flow, in the thread that inspects it. */
export const FLOW_VARIABLES = 'flow-variables';

export interface FlowVariables {
  /** Number of a name: the same for the whole life of the thread. */
  numberOf(name: string): number;
  hasBit(flow: number, bit: number): boolean;
  setBit(flow: number, bit: number, value: boolean): void;
  /** undefined when it was never set. */
  integer(flow: number, number: number): number | undefined;
  setInteger(flow: number, number: number, value: number): void;
}
