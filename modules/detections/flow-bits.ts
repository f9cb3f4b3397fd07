/** Flowbits: those of signatures where these are inspected in the same thread, else of detections alone. */
import type { FlowBits } from '../../engine/detection/watch.js';
import type { Thread } from '../../engine/module.js';
import { FLOW_VARIABLES, type FlowVariables } from '../../signatures/state/flow-variables.js';

export function flowBits(thread: Thread): FlowBits {
  const variables = thread.services.get(FLOW_VARIABLES) as FlowVariables | undefined;
  return variables ? new SignatureBits(variables) : new OwnBits();
}

class SignatureBits implements FlowBits {
  constructor(private readonly variables: FlowVariables) {}

  has(flow: number, name: string): boolean {
    return this.variables.hasBit(flow, this.variables.numberOf(name));
  }

  set(flow: number, name: string, value: boolean): void {
    this.variables.setBit(flow, this.variables.numberOf(name), value);
  }

  /** Detection releases them. */
  release(): void {}
}

class OwnBits implements FlowBits {
  private readonly byFlow = new Map<number, Set<string>>();

  has(flow: number, name: string): boolean {
    return this.byFlow.get(flow)?.has(name) === true;
  }

  set(flow: number, name: string, value: boolean): void {
    if (!value) {
      this.byFlow.get(flow)?.delete(name);
      return;
    }
    const bits = this.byFlow.get(flow);
    if (bits) bits.add(name);
    else this.byFlow.set(flow, new Set([name]));
  }

  release(flow: number): void {
    this.byFlow.delete(flow);
  }
}
