/**
 * A client, a gate and a server in network namespaces of their own, joined by veth pairs: packets between client and
 * server are forwarded by the gate, where netfilter queues them.
 *
 *     client 10.9.1.2 ── 10.9.1.1 gate 10.9.2.1 ── 10.9.2.2 server        (and fd09:1::2 …)
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { native, nativeProblem } from '../../engine/native.js';

export const SERVER_V4 = '10.9.2.2';
export const SERVER_V6 = 'fd09:2::2';

export type Place = 'client' | 'gate' | 'server';
const PLACES: readonly Place[] = ['client', 'gate', 'server'];
/** Longest time of a short command. */
const COMMAND_MS = 10_000;

let networks = 0;

export class Network {
  private readonly name = `slt${process.pid}-${++networks}`;
  private readonly children = new Set<ChildProcess>();
  private readonly atExit = () => this.close();

  constructor() {
    process.on('exit', this.atExit);
    for (const place of PLACES) {
      ip('netns', 'add', this.namespace(place));
      // Addresses are usable at once, without duplicate address detection.
      this.run(
        place,
        'sysctl',
        '-qw',
        'net.ipv6.conf.all.accept_dad=0',
        'net.ipv6.conf.default.accept_dad=0',
      );
    }
    this.join('client', 1);
    this.join('server', 2);
    this.run('gate', 'sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
    // The first IPv6 packets of new devices may take a second, until neighbors are discovered.
    this.run('client', 'ping', '-q', '-c', '1', '-w', '5', '-i', '0.1', SERVER_V6);
  }

  namespace(place: Place): string {
    return `${this.name}-${place}`;
  }

  /** A pair of devices between the gate and `place`, with addresses and the route through the gate. */
  private join(place: Place, net: number): void {
    const far = this.namespace(place);
    const gate = this.namespace('gate');
    const device = `${place}0`;
    ip('link', 'add', 'eth0', 'netns', far, 'type', 'veth', 'peer', 'name', device, 'netns', gate);
    for (const [namespace, dev, host] of [
      [far, 'eth0', 2],
      [gate, device, 1],
    ] as const) {
      ip('-n', namespace, 'addr', 'add', `10.9.${net}.${host}/24`, 'dev', dev);
      ip('-n', namespace, 'addr', 'add', `fd09:${net}::${host}/64`, 'dev', dev, 'nodad');
      ip('-n', namespace, 'link', 'set', 'lo', 'up');
      ip('-n', namespace, 'link', 'set', dev, 'up');
    }
    ip('-n', far, 'route', 'add', 'default', 'via', `10.9.${net}.1`);
    ip('-n', far, '-6', 'route', 'add', 'default', 'via', `fd09:${net}::1`);
  }

  /** Deletes the gate's device and creates it again. */
  renew(place: 'client' | 'server'): void {
    ip('-n', this.namespace('gate'), 'link', 'del', `${place}0`);
    this.join(place, place === 'client' ? 1 : 2);
  }

  /** The same for a device whose frames a program forwards. */
  renewBridged(place: 'client' | 'server'): void {
    this.renew(place);
    const device = `${place}0`;
    ip('-n', this.namespace('gate'), 'addr', 'flush', 'dev', device);
    for (const [at, dev] of [
      ['gate', device],
      [place, 'eth0'],
    ] as const)
      this.run(at, 'ethtool', '-K', dev, 'tx', 'off', 'gso', 'off', 'tso', 'off', 'gro', 'off');
  }

  /** Makes both sides one network: client and server are neighbors, if a program forwards frames between them. */
  bridgeAddresses(): void {
    const server = this.namespace('server');
    const gate = this.namespace('gate');
    ip('-n', server, 'addr', 'add', '10.9.1.3/24', 'dev', 'eth0');
    for (const device of ['client0', 'server0']) {
      ip('-n', gate, 'addr', 'flush', 'dev', device);
      // A program cannot forward frames of several segments.
      this.run('gate', 'ethtool', '-K', device, 'gro', 'off', 'gso', 'off', 'tso', 'off');
    }
    for (const place of ['client', 'server'] as const)
      this.run(place, 'ethtool', '-K', 'eth0', 'tx', 'off', 'gso', 'off', 'tso', 'off', 'gro', 'off');
    this.run('gate', 'sysctl', '-qw', 'net.ipv4.ip_forward=0', 'net.ipv6.conf.all.forwarding=0');
  }

  /** Client and server are neighbors, joined by a bridge in the gate whose frames netfilter sees. */
  bridge(): void {
    const gate = this.namespace('gate');
    ip('-n', this.namespace('server'), 'addr', 'add', '10.9.1.3/24', 'dev', 'eth0');
    ip('-n', gate, 'link', 'add', 'bridge0', 'type', 'bridge');
    for (const device of ['client0', 'server0']) {
      ip('-n', gate, 'addr', 'flush', 'dev', device);
      ip('-n', gate, 'link', 'set', device, 'master', 'bridge0');
    }
    ip('-n', gate, 'link', 'set', 'bridge0', 'up');
    this.run('gate', 'sysctl', '-qw', 'net.ipv4.ip_forward=0');
    this.run('gate', 'sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=1');
  }

  /** Runs a short command in the namespace. @returns its output  @throws Error if it fails */
  run(place: Place, ...command: string[]): string {
    const words = ['netns', 'exec', this.namespace(place), ...command];
    return execFileSync('ip', words, {
      encoding: 'utf8',
      timeout: COMMAND_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /**
   * Starts a program in the namespace; it is killed at the end. The process is the program itself, without a wrapper.
   */
  start(place: Place, command: string, words: readonly string[], options: StartOptions = {}): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.namespace(place), command, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return child;
  }

  /** Queues forwarded packets. @param target `--queue-num 0 --queue-bypass` */
  queue(...target: string[]): void {
    for (const iptables of ['iptables-legacy', 'ip6tables-legacy'])
      this.run('gate', iptables, '-A', 'FORWARD', '-j', 'NFQUEUE', ...target);
  }

  /** Drops one of `every` TCP segments that arrive at a place. */
  lose(place: Place, every: number): void {
    const match = [
      '-m',
      'statistic',
      '--mode',
      'nth',
      '--every',
      String(every),
      '--packet',
      '0',
      '-j',
      'DROP',
    ];
    for (const iptables of ['iptables-legacy', 'ip6tables-legacy'])
      this.run(place, iptables, '-t', 'raw', '-A', 'PREROUTING', '-p', 'tcp', ...match);
  }

  unqueue(): void {
    for (const iptables of ['iptables-legacy', 'ip6tables-legacy'])
      this.run('gate', iptables, '-F', 'FORWARD');
  }

  /** The kernel's information about its queues: lines of numbers. */
  kernelQueues(): string {
    return this.run('gate', 'cat', '/proc/net/netfilter/nfnetlink_queue');
  }

  close(): void {
    process.off('exit', this.atExit);
    for (const child of this.children) child.kill('SIGKILL');
    for (const place of PLACES) {
      try {
        ip('netns', 'del', this.namespace(place));
      } catch {
        // It was not made.
      }
    }
  }
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { timeout: COMMAND_MS, stdio: 'pipe' });
}

/** Why such a network cannot be created here; undefined if it can. */
export function missing(): string | undefined {
  if (!native()) return `the addon is not there: ${nativeProblem()}`;
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  try {
    const network = new Network();
    try {
      network.queue('--queue-num', '0');
    } finally {
      network.close();
    }
    return undefined;
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string };
    return `network namespaces with NFQUEUE cannot be made: ${String(stderr || message).trim()}`;
  }
}
