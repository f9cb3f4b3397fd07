/** `--unix-socket`: captures are queued through a socket and read one after the other, each by a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Arguments, ControlSocket, type Handlers, textArgument } from '../control/control-socket.js';
import { commonCommands, controlSettings } from '../control/settings.js';
import { consoleLog } from '../log.js';
import type { CommandLine } from './command-line/parse.js';
import { Tenants } from './control/tenants.js';
import { PID_FILE } from './options.js';
import { notifyParent } from './run/background.js';
import { removePidFile, writePidFile } from './run/pid-file.js';
import { notifyServiceManager } from './run/service.js';
import { readSettings } from './settings.js';
import { UsageError } from './usage-error.js';
import { versionLine } from './version.js';

/** Maximum number of queued captures. */
const MAX_QUEUED = 100_000;

const OPTION = '--unix-socket';

/** The queue keeps its pid file and control socket; the processes that read captures get neither. */
const QUEUE_ONLY_OPTIONS = ['--pidfile', '', '--set', 'unix-command.enabled=no'];

interface Capture {
  readonly file: string;
  readonly words: readonly string[];
}

/** @param words the command line @returns the exit code */
export async function captureQueue(given: CommandLine, words: readonly string[]): Promise<number> {
  const { config } = readSettings({ config: given.config, includes: given.includes, sets: given.sets });
  const settings = controlSettings(config, false, given.unixSocket)!;
  const log = consoleLog(given.verbosity, undefined, given.quiet);
  const tenants = new Tenants(config);
  const own = withoutSocket(words, given.unixSocket);
  const pidFile = config.read(PID_FILE);
  const queue = new CaptureQueue(own, tenants);
  const commands = {
    ...commonCommands(config, versionLine(), 'unix-socket', 'UNIX_SOCKET'),
    ...queue.commands(),
    ...tenants.commands(),
  };
  try {
    const socket = await ControlSocket.open(settings.path, settings.permissions, commands);
    log.notice(`unix-manager: accepting commands on ${settings.path}`);
    writePidFile(pidFile);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => queue.stop());
    for (const signal of ['SIGHUP', 'SIGUSR2'] as const)
      process.on(signal, () => queue.forwardSignal(signal));
    notifyParent();
    const notifyStopping = notifyServiceManager();
    await queue.stopped;
    notifyStopping();
    socket.close();
    return 0;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--unix-socket: ${settings.path}: ${(error as Error).message}`);
  } finally {
    removePidFile(pidFile, log.warning);
  }
}

/** The socket path may follow its option as a separate word. */
function withoutSocket(words: readonly string[], socket: string | undefined): string[] {
  return words.filter(
    (word, i) =>
      word !== OPTION && !word.startsWith(`${OPTION}=`) && !(words[i - 1] === OPTION && word === socket),
  );
}

export class CaptureQueue {
  readonly stopped: Promise<void>;
  private readonly queued: Capture[] = [];
  private current: Capture | undefined;
  private child: ChildProcess | undefined;
  private last = 0;
  private stopping = false;
  private resolve!: () => void;

  /** @param words of the command line with which every capture is read */
  constructor(
    private readonly words: readonly string[],
    private readonly tenants: Tenants,
  ) {
    this.stopped = new Promise(resolve => {
      this.resolve = resolve;
    });
  }

  commands(): Handlers {
    return {
      'pcap-file': given => this.add(given),
      'pcap-file-continuous': given => this.add({ ...given, continuous: true }),
      'pcap-file-number': () => this.queued.length + (this.current ? 1 : 0),
      'pcap-file-list': () => ({ count: this.queued.length, files: this.queued.map(({ file }) => file) }),
      'pcap-current': () => this.current?.file ?? 'None',
      'pcap-last-processed': () => this.last,
      'pcap-interrupt': () => {
        if (!this.child) throw new Error('no capture is being read');
        this.child.kill('SIGINT');
        return 'Interrupted';
      },
      shutdown: () => {
        // The reply is sent first.
        setImmediate(() => this.stop());
        return 'Closing Suricata';
      },
    };
  }

  /** Finishes the current capture as if it ended here; a second call ends its process at once. */
  stop(): void {
    this.stopping = true;
    this.queued.length = 0;
    if (this.child) this.child.kill('SIGINT');
    else this.resolve();
  }

  /** Forwards a signal to the process that reads the current capture: it owns the logs and the rules. */
  forwardSignal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  private add(given: Arguments): string {
    const file = textArgument(given, 'filename');
    const folder = textArgument(given, 'output-dir');
    if (!existsSync(file)) throw new Error(`filename does not exist: '${file}'`);
    if (!existsSync(folder)) throw new Error('output-dir param must be a directory that exists');
    if (this.queued.length >= MAX_QUEUED) throw new Error('too many captures are queued');
    const more = [...settingsFor(given), ...this.tenants.words(given['tenant'])];
    this.queued.push({ file, words: ['-r', file, '-l', folder, ...QUEUE_ONLY_OPTIONS, ...more] });
    this.next();
    return 'Successfully added file to list';
  }

  private next(): void {
    if (this.child || this.stopping) return;
    this.current = this.queued.shift();
    if (!this.current) return;
    const words = [process.argv[1]!, ...this.words, ...this.current.words];
    // In its own process group: a terminal signals the whole group, so it would get the signal twice and exit at once.
    this.child = spawn(process.execPath, words, {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: withoutService(process.env),
    });
    this.child.once('close', () => this.ended());
    this.child.once('error', () => this.ended());
  }

  private ended(): void {
    if (!this.child) return;
    this.child = undefined;
    this.current = undefined;
    this.last = Date.now();
    if (this.stopping) this.resolve();
    else this.next();
  }
}

/** The service manager supervises this process, not its children. */
function withoutService({ NOTIFY_SOCKET, WATCHDOG_USEC, ...rest }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return rest;
}

function settingsFor(given: Arguments): string[] {
  const words: string[] = [];
  if (given['continuous'] === true) words.push('--pcap-file-continuous');
  if (given['delete-when-done'] === true) words.push('--pcap-file-delete');
  for (const name of ['delay', 'poll-interval'])
    if (given[name] !== undefined) words.push('--set', `pcap-file.${name}=${secondsIn(given, name)}`);
  return words;
}

/** The reading process would silently fall back to its default, and the client would not learn of it. */
function secondsIn(given: Arguments, name: string): number {
  const seconds = Number(given[name]);
  if (!Number.isInteger(seconds) || seconds < 0) throw new Error(`${name}: expected a number of seconds`);
  return seconds;
}
