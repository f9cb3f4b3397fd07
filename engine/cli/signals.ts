/** What signals do to a run. */

export interface SignalActions {
  /** Take no more packets, finish those in flight. */
  stop(): void;
  abort(): void;
  rotate(): void;
  reload(): void;
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
