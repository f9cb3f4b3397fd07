/** Opens the queues of a run, for all threads. */
import type { Config } from '../../engine/config/config.js';
import type { LogSink } from '../../engine/log-sink.js';
import type { Log, OpenedDevices, ThreadOfGroup } from '../../engine/module.js';
import type { QueueSettings } from '../../engine/native/queue.js';
import { type Native, native, nativeProblem } from '../../engine/native.js';
import { openRawSockets } from '../../engine/packet/raw-sender.js';
import type { StatsTree } from '../../engine/stats-record.js';
import { BYPASS_LOG, bypassCommand } from './bypass-hook.js';
import { BypassProgram } from './bypass-program.js';
import type { Driver, QueueLink } from './driver.js';
import { openDriver } from './endpoints.js';
import { FallbackVerdicts } from './fallback-verdicts.js';
import { type KernelQueue, kernelQueues } from './kernel-queues.js';
import { Latency } from './latency.js';
import * as options from './options.js';
import { LastReceivedId, OPEN_QUEUES, type OpenQueue, type OpenQueues, receives } from './queue.js';

/** @throws Error that names the queue and why it cannot be opened */
export function openQueues(config: Config, log: Log): OpenedDevices {
  const addon = native();
  if (!addon) throw new Error(`queues need the native addon: ${nativeProblem()}`);
  const driver = openDriver(config.read(options.DRIVER), addon);
  const opened: OpenQueue[] = [];
  const senders: [number, number] = [-1, -1];
  const close = (): void => {
    driver.close();
    for (const socket of senders) if (socket >= 0) addon.closeSocket(socket);
  };
  try {
    for (const number of queueNumbers(config)) opened.push(openQueue(driver, number, config, log));
    senders.splice(0, 2, ...openSenders(addon, config, log));
  } catch (error) {
    close();
    throw error;
  }
  return new Opened(addon, config, log, opened, senders, () => driver.begin(), close);
}

function queueNumbers(config: Config): number[] {
  const listed = config.read(options.QUEUES);
  return (Array.isArray(listed) ? listed : [listed]).map(Number);
}

function openQueue(driver: Driver, number: number, config: Config, log: Log): OpenQueue {
  const link = openLink(driver, number, settingsOf(config), log);
  return { number, link, received: LastReceivedId.allocate(), latency: Latency.allocate() };
}

/** Not every kernel can report conntrack data (NETFILTER_NETLINK_GLUE_CT): inspection works without it. */
function openLink(driver: Driver, number: number, settings: QueueSettings, log: Log): QueueLink {
  try {
    return driver.open(number, settings);
  } catch (error) {
    const { message } = error as Error;
    if (!settings.conntrack || !message.includes('not supported')) throw error;
    log.warning(`nfqueue: this kernel does not report connections, nfq.conntrack has no effect: ${message}`);
    return driver.open(number, { ...settings, conntrack: false });
  }
}

function settingsOf(config: Config): QueueSettings {
  return {
    copyRange: config.read(options.COPY_RANGE),
    length: config.read(options.QUEUE_LENGTH),
    receiveBuffer: Math.min(config.read(options.RECEIVE_BUFFER), 2 ** 30),
    failOpen: config.read(options.FAIL_OPEN),
    gso: config.read(options.GSO),
    conntrack: config.read(options.CONNTRACK),
    timestamps: config.read(options.TIMESTAMPS) === 'kernel',
  };
}

/** Without these sockets rejected packets are still dropped, but no answer is sent. */
function openSenders(addon: Native, config: Config, log: Log): [number, number] {
  try {
    return openRawSockets(addon, config.read(options.REJECT_MARK), config.read(options.REJECT_DEVICE));
  } catch (error) {
    log.warning(
      `nfqueue: reject packets cannot be sent, rejected packets are only dropped: ${(error as Error).message}`,
    );
    return [-1, -1];
  }
}

class Opened implements OpenedDevices {
  readonly shared: Readonly<Record<string, unknown>>;
  readonly threads: number;
  private readonly fallback: FallbackVerdicts;
  private readonly bypassProgram: BypassProgram | undefined;
  /** The kernel's last counters of the queues, once they are closed. */
  private last: ReadonlyMap<number, KernelQueue> | undefined;

  constructor(
    native: Native,
    config: Config,
    log: Log,
    private readonly queues: readonly OpenQueue[],
    senders: readonly [number, number],
    readonly threadsReady: () => void,
    private readonly closeAll: () => void,
  ) {
    const opened: OpenQueues = { queues, senders };
    this.shared = { [OPEN_QUEUES]: opened };
    this.threads = queues.length;
    const command = bypassCommand(config);
    this.bypassProgram = command === undefined ? undefined : new BypassProgram(command, log);
    const failOpen = config.read(options.FAIL_OPEN);
    this.fallback = new FallbackVerdicts(native, queues, config.read(options.COPY_RANGE), failOpen);
  }

  statistics(): Record<string, number | readonly StatsTree[]> {
    const kernel = this.last ?? kernelQueues();
    const queues = this.queues.map(({ number, latency }) => {
      const { waiting = 0, dropped = 0, userDropped = 0 } = kernel.get(number) ?? {};
      const tree: StatsTree = {
        queue: number,
        waiting,
        kernel_dropped: dropped,
        overrun_dropped: userDropped,
        latency: new Latency(latency).tree(),
      };
      return tree;
    });
    return {
      'nfq.queues': queues,
      'nfq.not_inspected': this.fallback.packetsAnswered,
      ...(this.bypassProgram && { 'nfq.bypass_untold': this.bypassProgram.lost }),
    };
  }

  openLog(file: string): LogSink | undefined {
    return file === BYPASS_LOG ? this.bypassProgram : undefined;
  }

  summary(): string[] {
    return this.queues.map(
      ({ number, latency }) => `verdicts of queue ${number}: ${new Latency(latency).text()}`,
    );
  }

  threadsFailed(thread?: ThreadOfGroup): void {
    this.fallback.begin(this.queuesOf(thread));
  }

  threadsRestarted(thread?: ThreadOfGroup): void {
    this.fallback.end(this.queuesOf(thread));
  }

  private queuesOf(thread?: ThreadOfGroup): readonly OpenQueue[] {
    return thread ? this.queues.filter((_, source) => receives(thread, source)) : this.queues;
  }

  /** The queues are closed at once, so that the firewall rule decides about new packets. */
  threadsEnded(): void {
    if (this.last) return;
    this.fallback.end(this.queues);
    this.fallback.answerAll(this.queues);
    this.last = kernelQueues();
    this.closeAll();
  }

  close(): void {
    this.threadsEnded();
    this.bypassProgram?.end();
  }
}
