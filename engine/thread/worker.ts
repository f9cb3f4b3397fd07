/** Entry of every engine thread: builds the thread from its plan, notifies the manager, and runs. */
import { parentPort, receiveMessageOnPort, threadId, workerData } from 'node:worker_threads';
import { Config } from '../config/config.js';
import { WANTS_PACKETS } from '../event.js';
import { flowRows } from '../flow/flow-record.js';
import { type Memory, openMemory } from '../memory.js';
import type { Log, Thread, ThreadModule } from '../module.js';
import { native } from '../native.js';
import { Pool } from '../pool.js';
import { Doorbell } from '../queue/doorbell.js';
import { Ring } from '../queue/ring.js';
import { RemoteStreams } from '../stream/remote-streams.js';
import { ABORT, Control, FAILED, RUNNING } from './control.js';
import { ThreadCounters } from './counters.js';
import { Forwarder, type Outlet } from './forwarder.js';
import { Inlets } from './inlets.js';
import { loadHandler, loadModule } from './load-module.js';
import { LogRing } from './log-ring.js';
import { Loop } from './loop.js';
import type { ThreadMessage, ThreadStart } from './messages.js';
import { Ownership } from './ownership.js';
import { Pace } from './pace.js';
import type { ThreadPlan } from './plan.js';
import { Returns } from './returns.js';
import { ThreadLogs } from './thread-logs.js';

const start = workerData as ThreadStart;
const port = parentPort!;
const { plan, me } = start;
const control = new Control(plan.control);

const send = (message: ThreadMessage): void => port.postMessage(message);

const log: Log = Object.fromEntries(
  (['debug', 'info', 'notice', 'warning', 'error'] as const).map(level => [
    level,
    (text: string) => send({ type: 'log', level, text }),
  ]),
) as unknown as Log;

// Not awaited here: a thread that is terminated while its module awaits at top level takes the whole process with it
// (Node.js 24).
main().catch((error: Error) => {
  control.setState(me, FAILED);
  send({ type: 'failed', reason: error.message, stack: error.stack ?? '' });
});

async function main(): Promise<void> {
  const mine = plan.threads[me]!;
  prepareSystemThread(mine.name, mine.cpu);
  const memory = openMemory(plan.memory);
  const pool = new Pool(memory, mine.pool);
  const doorbells = plan.threads.map((_, i) => new Doorbell(plan.doorbells, i));
  const returns = openReturns(mine, memory, pool, doorbells);
  const ownership = new Ownership(memory, me, start.ownershipCheck, message => log.error(message));
  const counters = new ThreadCounters(mine.counters);
  const modules: ThreadModule[] = [];
  const shared = { current: start.shared };
  const thread = openThread(mine, modules, {
    ...{ memory, pool, counters, shared },
    forward: batch => loop.forward(batch),
    waitUntil: (ready, milliseconds) => loop.waitUntil(ready, milliseconds),
    waitForReturns: () => loop.waitForReturns(),
    releasePacket: slot => forwarder.release(slot),
  });
  const forwarder = await openForwarder(mine, {
    thread,
    returns,
    doorbells,
    changeOwner: ownership.transfer,
  });
  if (start.live) (await loadModule(start.input, start.from)).provideServices?.(thread, mine.modules);
  modules.push(...(await createModules(mine.modules, thread)));
  const loop = new Loop(thread, me, {
    modules,
    inlets: openInlets(mine, memory, doorbells),
    forwarder,
    returns,
    doorbell: doorbells[me]!,
    control,
    ownership,
    batchSize: start.batchSize,
    live: start.live,
    reload: () => reload(shared, modules),
  });
  send({
    type: 'ready',
    counters: { names: counters.names, kinds: counters.kinds },
    threadId: native()?.threadId() ?? threadId,
  });
  await waitForStart();
  control.setState(me, RUNNING);
  loop.run();
  await flushOutput();
  keepAlive();
  send({ type: 'ended', violations: ownership.violations, cpuSeconds: native()?.threadCpuSeconds() ?? 0 });
}

/** Objects prepared for all threads: replaced when rules are reloaded. */
interface SharedObjects {
  current: Thread['shared'];
}

/** Waits until output printed by modules has reached the main thread. */
async function flushOutput(): Promise<void> {
  const printed = (stream: NodeJS.WriteStream) =>
    new Promise<void>(resolve => {
      stream.write('', () => resolve());
    });
  await Promise.all([process.stdout, process.stderr].map(printed));
}

/**
 * The manager terminates this thread. On its own exit it would wait for threads that still compile for it, and they may
 * wait for it to collect garbage, forever (Node.js 20): while its event loop runs, it collects garbage on request.
 */
function keepAlive(): void {
  port.on('message', () => {});
}

function openReturns(mine: ThreadPlan, memory: Memory, pool: Pool, doorbells: readonly Doorbell[]): Returns {
  return new Returns(
    memory,
    pool,
    mine.returnPaths.map(way => way && { ring: new Ring(way.ring), owner: doorbells[way.owner]! }),
    mine.incomingReturns.map(ring => new Ring(ring)),
  );
}

/** Creates the thread object for modules. */
function openThread(
  mine: ThreadPlan,
  modules: readonly ThreadModule[],
  parts: Pick<Thread, 'memory' | 'pool' | 'forward' | 'waitUntil' | 'waitForReturns' | 'releasePacket'> & {
    readonly counters: ThreadCounters;
    readonly shared: SharedObjects;
  },
): Thread {
  const logs = openLogs(mine, parts.counters);
  const thread = {
    name: mine.name,
    group: mine.group,
    index: mine.indexInGroup,
    count: mine.groupCount,
    moduleNames: mine.modules,
    memory: parts.memory,
    pool: parts.pool,
    flows: flowRows(plan.flows),
    remoteStreams: plan.remoteStreams && new RemoteStreams(plan.remoteStreams),
    flowRange: mine.flowRange,
    streamRange: mine.streamRange,
    scratch: mine.scratch,
    config: new Config(start.config),
    counters: parts.counters,
    log,
    seed: start.seed,
    get shared() {
      return parts.shared.current;
    },
    services: new Map(),
    openLog: (file: string) => logs.open(file),
    inputPart: 0,
    beginPart(part: number) {
      logs.beginPart(part);
      thread.inputPart = part;
      for (const module of modules) module.beginPart?.();
    },
    forward: parts.forward,
    waitUntil: parts.waitUntil,
    waitForReturns: parts.waitForReturns,
    releasePacket: parts.releasePacket,
    pace: openPace(mine),
    wants: (kind: number) => (start.wantedEvents & (1 << kind)) !== 0,
    warnOnce: (text: string) => send({ type: 'warn-once', text }),
  };
  return thread;
}

function openPace({ group, pool }: ThreadPlan): Pace {
  const others = plan.threads.filter(thread => thread.group === group && thread.index !== me);
  return new Pace(
    control,
    me,
    others.map(thread => thread.index),
    pool.slots,
  );
}

function openLogs(mine: ThreadPlan, counters: ThreadCounters): ThreadLogs {
  const lost = counters.declare('outputs.lost');
  return new ThreadLogs({
    ring: new LogRing(mine.logRing),
    countLost: () => void counters.values[lost]!++,
    mayWait: () => !start.live && control.command !== ABORT,
    announce: (number, file) => send({ type: 'log-file', number, file }),
  });
}

interface ForwarderParts {
  readonly thread: Thread;
  readonly returns: Returns;
  readonly doorbells: readonly Doorbell[];
  readonly changeOwner: (slot: number, thread: number) => void;
}

async function openForwarder(
  mine: ThreadPlan,
  { thread, returns, doorbells, changeOwner }: ForwarderParts,
): Promise<Forwarder> {
  const outlets: Outlet[] = mine.outlets.map(({ ring, consumer }) => ({
    ring: new Ring(ring),
    consumer: doorbells[consumer]!,
    thread: consumer,
  }));
  const handler = outlets.length > 0 ? await loadHandler(mine.handler, start.from) : undefined;
  const choose = handler?.create({
    memory: thread.memory,
    ways: handler.ways.map(way => mine.ways[way]!),
    wantsPackets: thread.wants(WANTS_PACKETS),
    freeSlots: consumer => outlets[consumer]!.ring.freeSlots(),
  });
  const waitForRoom = (outlet: Outlet): void => {
    forwarder.publish();
    returns.collect();
    doorbells[me]!.sleep(() => outlet.ring.backlog() >= outlet.ring.capacity && !returns.hasPending(), 5);
  };
  const anyConsumer = handler?.keepsFlows === false;
  const forwarder = new Forwarder(
    thread,
    outlets,
    choose ?? (() => -1),
    returns,
    waitForRoom,
    changeOwner,
    anyConsumer,
  );
  return forwarder;
}

function openInlets(mine: ThreadPlan, memory: Memory, doorbells: readonly Doorbell[]): Inlets | undefined {
  if (mine.inlets.length === 0) return undefined;
  const ways = mine.inlets.map(({ ring, producer }) => ({
    ring: new Ring(ring),
    producer: doorbells[producer]!,
  }));
  return new Inlets(memory, ways, mine.ordered);
}

async function createModules(names: readonly string[], thread: Thread): Promise<ThreadModule[]> {
  const modules: ThreadModule[] = [];
  for (const name of names) {
    const definition = await loadModule(name, start.from);
    try {
      modules.push(await definition.create(thread));
    } catch (error) {
      throw new Error(`module ${name} in thread ${thread.name}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  return modules;
}

/** Waits for the manager's signal: packet processing starts only when every thread is ready. */
function waitForStart(): Promise<void> {
  return new Promise(resolve => port.once('message', () => resolve()));
}

/** The loop never returns to the event loop, so the message is received synchronously. */
function reload(shared: SharedObjects, modules: readonly ThreadModule[]): void {
  for (let message = receiveMessageOnPort(port); message; message = receiveMessageOnPort(port)) {
    shared.current = (message.message as { shared: Thread['shared'] }).shared;
    for (const module of modules) module.reload?.(shared.current);
  }
}

function prepareSystemThread(name: string, cpu: number | undefined): void {
  native()?.setThreadName(name);
  if (cpu === undefined) return;
  try {
    if (!native()) throw new Error('the native addon is not available');
    native()!.setAffinity([cpu]);
  } catch (error) {
    log.warning(`thread ${name} is not pinned to CPU ${cpu}: ${(error as Error).message}`);
  }
}
