/** Signal handling of a run. */

export interface SignalActions {
  /** Take no more packets; finish those in flight. */
  stop(): void;
  abort(): void;
  rotate(): void;
  reload(): void;
}

/**
 * Signals received before there are threads: without a handler HUP and USR2 would kill a sensor during its start. Their
 * actions are deferred until they are possible.
 */
export class EarlySignals {
  private rotate = false;
  private reload = false;
  private readonly deferRotate = (): void => {
    this.rotate = true;
  };
  private readonly deferReload = (): void => {
    this.reload = true;
  };

  constructor() {
    process.on('SIGHUP', this.deferRotate);
    process.on('SIGUSR2', this.deferReload);
  }

  /** Ends this handler and runs the deferred actions. */
  runDeferred(actions: Pick<SignalActions, 'rotate' | 'reload'>): void {
    this.removeHandlers();
    if (this.rotate) actions.rotate();
    if (this.reload) actions.reload();
  }

  removeHandlers(): void {
    process.off('SIGHUP', this.deferRotate);
    process.off('SIGUSR2', this.deferReload);
  }
}

/** INT and TERM stop, at once when repeated; HUP rotates logs; USR2 reloads rules. @returns removes the handlers */
export function onSignals(actions: SignalActions): () => void {
  let stopRequested = false;
  const stop = (): void => {
    if (stopRequested) actions.abort();
    else actions.stop();
    stopRequested = true;
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
