/**
 * Runs third-party protocols so that they cannot block the thread: a parser that does not return is interrupted, and
 * disabled in its thread from then on. The first errors it throws are logged; all are counted
 * (`app_layer.error.NAME.parser`).
 */
import { type Guard, openGuard } from '../detection/guard.js';
import { textOf } from '../detection/trace.js';
import type { Thread } from '../module.js';
import type { Protocol } from '../protocol.js';
import { PLUGIN_TURN_TIME } from './options.js';

type WarningLog = Pick<Thread, 'name' | 'warnOnce'>;

/** Maximum number of errors of one parser logged per thread: messages may quote packet data. */
const MAX_LOGGED_ERRORS = 5;

/** @param own the project's own protocols, which are trusted and run unguarded */
export function guardPlugins(
  protocols: readonly Protocol[],
  own: readonly Protocol[],
  thread: Thread,
): readonly Protocol[] {
  const milliseconds = thread.config.read(PLUGIN_TURN_TIME);
  const guard = openGuard(milliseconds);
  return protocols.map(protocol =>
    own.includes(protocol) ? protocol : guardedProtocol(protocol, guard, milliseconds, thread),
  );
}

export function guardedProtocol(
  protocol: Protocol,
  guard: Guard,
  milliseconds: number,
  log: WarningLog,
): Protocol {
  const calls = new GuardedCalls(protocol.name, guard, milliseconds, log);
  const { client, server, datagram, recognition } = protocol;
  const { probe } = recognition;
  return {
    ...protocol,
    ...(client && { client: session => calls.coroutine(() => client(session)) }),
    ...(server && { server: session => calls.coroutine(() => server(session)) }),
    ...(datagram && { datagram: (...given) => calls.call(() => datagram(...given)) }),
    recognition: {
      ...recognition,
      ...(probe && { probe: (...given) => calls.callOrDefault(() => probe(...given), 'no') }),
    },
  };
}

class GuardedCalls {
  private isDisabled = false;
  private errors = 0;

  constructor(
    private readonly name: string,
    private readonly guard: Guard,
    private readonly milliseconds: number,
    private readonly log: WarningLog,
  ) {}

  /** Each step of a coroutine is guarded, its creation too. */
  coroutine(make: () => Generator<void, void, void>): Generator<void, void, void> {
    let inner: Generator<void, void, void> | undefined;
    const calls = this;
    const step = (): IteratorResult<void, void> => {
      inner ??= make();
      return inner.next();
    };
    return (function* () {
      while (!calls.call(step).done) yield;
    })();
  }

  /** @throws whatever `work` throws; Error if it did not return, and from then on */
  call<T>(work: () => T): T {
    if (this.isDisabled) throw new Error(`parser ${this.name} is disabled`);
    let result: T | undefined;
    try {
      const isDone = this.guard.run(() => {
        result = work();
      });
      if (isDone) return result as T;
    } catch (error) {
      if (this.errors++ < MAX_LOGGED_ERRORS)
        this.log.warnOnce(`parser ${this.name} failed and is disabled for the flow: ${errorLocation(error)}`);
      throw error instanceof Error ? error : new Error(textOf(error));
    }
    this.isDisabled = true;
    const reason = `it did not return within ${this.milliseconds} ms (app-layer.plugin-turn-time)`;
    this.log.warnOnce(`parser ${this.name} is disabled in thread ${this.log.name}: ${reason}`);
    throw new Error(`parser ${this.name} is disabled`);
  }

  /** @param otherwise the result if there is none */
  callOrDefault<T>(work: () => T, otherwise: T): T {
    if (this.isDisabled) return otherwise;
    try {
      return this.call(work);
    } catch {
      return otherwise;
    }
  }
}

/** The message, and the line it comes from. */
function errorLocation(error: unknown): string {
  const { stack } = error instanceof Error ? error : {};
  const line =
    typeof stack === 'string' ? stack.split('\n').find(text => text.startsWith('    at ')) : undefined;
  return line === undefined ? textOf(error) : `${textOf(error)} (${line.trim()})`;
}
