/** Programs at both ends of a network. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from '../until.js';
import type { Network } from './network.js';

const peer = (name: string): string => fileURLToPath(new URL(`peers/${name}.mjs`, import.meta.url));

/** Messages of the server. */
export interface Arrival {
  readonly kind: 'ready' | 'request' | 'data' | 'close' | 'datagram';
  readonly url?: string;
  readonly data?: string;
  readonly error?: string;
  readonly length?: number;
  readonly begin?: string;
}

export class Server {
  readonly arrivals: Arrival[] = [];

  constructor(network: Network) {
    const child = network.start('server', process.execPath, [peer('server')]);
    createInterface({ input: child.stdout! }).on('line', line =>
      this.arrivals.push(JSON.parse(line) as Arrival),
    );
  }

  async ready(): Promise<void> {
    await this.hears(arrival => arrival.kind === 'ready', 'ready');
  }

  async hears(wanted: (arrival: Arrival) => boolean, what: string): Promise<void> {
    await until(
      () => this.arrivals.some(wanted),
      () => `the server hears ${what}; ${this.text()}`,
    );
  }

  /** All data received over TCP. */
  get received(): string[] {
    return this.arrivals.flatMap(({ data }) => data ?? []);
  }

  private text(): string {
    return JSON.stringify(this.arrivals.slice(-5));
  }
}

/** How a connection of the client ended. */
export interface Ending {
  readonly how: 'closed' | 'error' | 'open';
  readonly error?: string;
}

/** Sends pieces, each in a segment. */
export async function send(network: Network, host: string, pieces: readonly string[]): Promise<Ending> {
  return sending(network, host, pieces).ending;
}

/** Sends a piece, and the others on request. */
export function sendInTwo(network: Network, host: string, first: string, rest: string): Sending {
  return sending(network, host, [first, 'WAIT', rest]);
}

export interface Sending {
  readonly ending: Promise<Ending>;
  goOn(): void;
}

function sending(network: Network, host: string, pieces: readonly string[]): Sending {
  const child = network.start('client', process.execPath, [peer('send'), host, '9000', ...pieces]);
  return {
    ending: outputOf(child).then(output => JSON.parse(output) as Ending),
    goOn: () => void child.kill('SIGUSR1'),
  };
}

export async function sendDatagram(
  network: Network,
  host: string,
  length: number,
  text: string,
): Promise<void> {
  const words = [peer('datagram'), host, '9001', String(length), text];
  await outputOf(network.start('client', process.execPath, words));
}

/** An HTTP request. @returns the body, or undefined if no answer came */
export async function fetch(
  network: Network,
  host: string,
  path: string,
  seconds = 5,
): Promise<string | undefined> {
  const url = `http://${host.includes(':') ? `[${host}]` : host}${path}`;
  const words = ['-s', '-g', '--path-as-is', '-m', String(seconds), url];
  const child = network.start('client', 'curl', words);
  const body = await outputOf(child);
  return child.exitCode === 0 ? body : undefined;
}

/** @returns how many of the first `count` pings are answered within three seconds: an answer may be late, not lost */
export async function ping(network: Network, host: string, count: number, interval = 0.05): Promise<number> {
  const words = ['-n', '-c', String(count), '-i', String(interval), '-w', '3', host];
  const output = await outputOf(network.start('client', 'ping', words));
  const answered = Array.from(output.matchAll(/icmp_seq=(\d+) ttl/g), ([, number]) => Number(number));
  return new Set(answered.filter(number => number <= count)).size;
}

export async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout!.on('data', piece => {
    output += piece;
  });
  child.stderr!.resume();
  await new Promise(resolve => child.once('close', resolve));
  return output;
}
