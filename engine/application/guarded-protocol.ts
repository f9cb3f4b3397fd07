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

type Told = Pick<Thread, 'name' | 'warnOnce'>;

/** Maximum number of errors of one parser logged per thread: messages may quote packet data. */
const MOST_TOLD = 5;

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
  told: Told,
): Protocol {
  const turns = new Turns(protocol.name, guard, milliseconds, told);
  const { client, server, datagram, recognition } = protocol;
  const { probe } = recognition;
  return {
    ...protocol,
    ...(client && { client: session => turns.routine(() => client(session)) }),
    ...(server && { server: session => turns.routine(() => server(session)) }),
    ...(datagram && { datagram: (...given) => turns.take(() => datagram(...given)) }),
    recognition: {
      ...recognition,
      ...(probe && { probe: (...given) => turns.answer(() => probe(...given), 'no') }),
    },
  };
}

class Turns {
  private off = false;
  private errors = 0;

  constructor(
    private readonly name: string,
    private readonly guard: Guard,
    private readonly milliseconds: number,
    private readonly told: Told,
  ) {}

  /** Each step of a coroutine is guarded, its creation too. */
  routine(make: () => Generator<void, void, void>): Generator<void, void, void> {
    let inner: Generator<void, void, void> | undefined;
    const turns = this;
    const step = (): IteratorResult<void, void> => {
      inner ??= make();
      return inner.next();
    };
    return (function* () {
      while (!turns.take(step).done) yield;
    })();
  }

  /** @throws whatever `work` throws; Error if it did not return, and from then on */
  take<T>(work: () => T): T {
    if (this.off) throw new Error(`parser ${this.name} is disabled`);
    let result: T | undefined;
    try {
      const isDone = this.guard.run(() => {
        result = work();
      });
      if (isDone) return result as T;
    } catch (error) {
      if (this.errors++ < MOST_TOLD)
        this.told.warnOnce(`parser ${this.name} failed and is disabled for the flow: ${placeOf(error)}`);
      throw error instanceof Error ? error : new Error(textOf(error));
    }
    this.off = true;
    const reason = `it did not return within ${this.milliseconds} ms (app-layer.plugin-turn-time)`;
    this.told.warnOnce(`parser ${this.name} is disabled in thread ${this.told.name}: ${reason}`);
    throw new Error(`parser ${this.name} is disabled`);
  }

  /** @param otherwise the result if there is none */
  answer<T>(work: () => T, otherwise: T): T {
    if (this.off) return otherwise;
    try {
      return this.take(work);
    } catch {
      return otherwise;
    }
  }
}

/** The message, and the line it comes from. */
function placeOf(error: unknown): string {
  const { stack } = error instanceof Error ? error : {};
  const line =
    typeof stack === 'string' ? stack.split('\n').find(text => text.startsWith('    at ')) : undefined;
  return line === undefined ? textOf(error) : `${textOf(error)} (${line.trim()})`;
}
