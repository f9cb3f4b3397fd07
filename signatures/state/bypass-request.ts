/** Store `bypass-request`: a signature requests that the rest of the flow be bypassed. */
export const BYPASS_REQUEST = 'bypass-request';

export class BypassRequest {
  /** Flow number; -1: none. */
  flow = -1;

  /** @returns the flow requested since the last call, -1 for none */
  take(): number {
    const { flow } = this;
    this.flow = -1;
    return flow;
  }
}
