/** Store `bypass-request`: that a signature wants nothing more looked at of the flow that it matched in. */
export const BYPASS_REQUEST = 'bypass-request';

export class BypassRequest {
  /** Number of the flow; -1: none. */
  flow = -1;

  /** @returns the flow that was asked for since the last time, -1 for none */
  take(): number {
    const { flow } = this;
    this.flow = -1;
    return flow;
  }
}
