/**
 * Protocols of others run so that the thread comes back from them: a parser that is stuck is stopped where it stands, and is off in
 * its thread from then on. The first errors that it throws are told; counters know of all (`app_layer.error.NAME.parser`).
 */
import { type Guard, openGuard } from '../detection/guard.js';
import { textOf } from '../detection/trace.js';
import type { Thread } from '../module.js';
import type { Protocol } from '../protocol.js';
import { PLUGIN_TURN_TIME } from './options.js';

type Told = Pick<Thread, 'name' | 'warnOnce'>;

/** Errors of one parser that are told in a thread: messages may quote what packets bring. */
const MOST_TOLD = 5;

/** @param own protocols of the project, which are trusted: they are left as they are */
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

  /** Each step of a coroutine is a turn, making it too. */
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

  /** @throws whatever `work` throws; Error when it did not come back, and from then on */
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

  /** @param otherwise the answer where there is none */
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
