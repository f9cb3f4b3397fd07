/** Flowbits: shared with signatures if these are inspected in the same thread, else those of detections alone. */
import type { FlowBits } from '../../engine/detection/view-context.js';
import type { Thread } from '../../engine/module.js';
import { FLOW_VARIABLES, type FlowVariables } from '../../signatures/state/flow-variables.js';

export function flowBits(thread: Pick<Thread, 'services'>): FlowBits {
  return new ThreadBits(thread);
}

class ThreadBits implements FlowBits {
  private readonly own = new OwnBits();

  constructor(private readonly thread: Pick<Thread, 'services'>) {}

  /** They exist only once rules are loaded, possibly after the thread started. */
  private get variables(): FlowVariables | undefined {
    return this.thread.services.get(FLOW_VARIABLES) as FlowVariables | undefined;
  }

  has(flow: number, name: string): boolean {
    const { variables } = this;
    return this.own.has(flow, name) || variables?.hasBit(flow, variables.numberOf(name)) === true;
  }

  set(flow: number, name: string, value: boolean): void {
    const { variables } = this;
    variables?.setBit(flow, variables.numberOf(name), value);
    if (!variables || !value) this.own.set(flow, name, value);
  }

  /** The rule engine releases its own. */
  release(flow: number): void {
    this.own.release(flow);
  }
}

class OwnBits {
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
