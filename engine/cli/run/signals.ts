/** What signals do to a run. */

export interface SignalActions {
  /** Take no more packets, finish those in flight. */
  stop(): void;
  abort(): void;
  rotate(): void;
  reload(): void;
}

/**
 * Signals that come before there are threads: without a handler HUP and USR2 would end a sensor that is just starting. What
 * they ask for is done when it can be.
 */
export class EarlySignals {
  private rotate = false;
  private reload = false;
  private readonly noteRotate = (): void => {
    this.rotate = true;
  };
  private readonly noteReload = (): void => {
    this.reload = true;
  };

  constructor() {
    process.on('SIGHUP', this.noteRotate);
    process.on('SIGUSR2', this.noteReload);
  }

  /** From here on others listen. What was asked for so far is done now. */
  handOver(actions: Pick<SignalActions, 'rotate' | 'reload'>): void {
    this.forget();
    if (this.rotate) actions.rotate();
    if (this.reload) actions.reload();
  }

  forget(): void {
    process.off('SIGHUP', this.noteRotate);
    process.off('SIGUSR2', this.noteReload);
  }
}

/** INT and TERM stop, at once when they come again; HUP rotates logs; USR2 reloads rules. @returns undoes it */
export function onSignals(actions: SignalActions): () => void {
  let asked = false;
  const stop = (): void => {
    if (asked) actions.abort();
    else actions.stop();
    asked = true;
  };
  const handlers: [NodeJS.Signals, () => void][] = [
    ['SIGINT', stop],
    ['SIGTERM', stop],
    ['SIGHUP', actions.rotate],
    ['SIGUSR2', actions.reload],
  ];
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
