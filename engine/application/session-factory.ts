/** Creates sessions: gives a parser its settings, limits, the two sides of its flow, and the frames in use. */

import { EVENT_FRAME } from '../event.js';
import { engineMode } from '../exception-policy.js';
import type { FlowRows } from '../flow/flow-record.js';
import * as Flow from '../flow/flow-record.js';
import { STREAM_FRAME } from '../frames/frame-protocol.js';
import { type FrameLimits, Frames } from '../frames/frames.js';
import type { Thread } from '../module.js';
import type { Protocol } from '../protocol.js';
import { usedKeywords } from '../used-keywords.js';
import { allSettings } from './all-settings.js';
import type { ApplicationState } from './application-state.js';
import { parserMode } from './load-protocols.js';
import { FRAME_LIMIT, MAX_TRANSACTIONS, SOCKET_LIMIT } from './options.js';
import type { Transport } from './recognition.js';
import type { Session, SessionEndpoints, SessionLimits } from './session.js';

export class SessionFactory {
  /** Frames that signatures inspect, as `PREFIX.NAME`. */
  framesInRules: ReadonlySet<string> = new Set();
  private settings: readonly unknown[] = [];
  /** Keywords that any loaded rules have used so far: see `usedKeywords`. */
  private usedKeywords: ReadonlySet<string>;
  private readonly modes: readonly ReturnType<typeof parserMode>[];
  private readonly limits: SessionLimits;
  private readonly frameLimits: FrameLimits;
  private readonly inline: boolean;
  /** Gauges of the current settings, and of earlier ones that sessions may still use. */
  private readonly gauges: { readonly counter: number; readonly reads: (() => number)[] }[] = [];

  /** @param protocols by number */
  constructor(
    private readonly thread: Thread,
    private readonly protocols: readonly Protocol[],
  ) {
    const { config } = thread;
    this.usedKeywords = new Set(usedKeywords(thread.shared));
    this.prepare(thread.shared);
    this.modes = protocols.map(protocol => parserMode(protocol, config));
    this.limits = { socket: config.read(SOCKET_LIMIT), transactions: config.read(MAX_TRANSACTIONS) };
    this.frameLimits = { open: config.read(MAX_TRANSACTIONS), bytes: config.read(FRAME_LIMIT) };
    this.inline = config.read(engineMode) === 'ips';
  }

  /** Rules were reloaded: sessions that begin from now on also extract what the new rules are the first to need. */
  reload(shared: Thread['shared']): void {
    const keywords = new Set([...this.usedKeywords, ...usedKeywords(shared)]);
    if (keywords.size === this.usedKeywords.size) return;
    this.usedKeywords = keywords;
    try {
      this.prepare({ ...shared, rules: { usedKeywords: [...keywords] } });
    } catch (error) {
      // A third-party protocol.
      this.thread.log.error(
        `app-layer: state of application protocols is reset: ${(error as Error).message}`,
      );
    }
  }

  private prepare(shared: Thread['shared']): void {
    const { protocols, thread } = this;
    this.settings = allSettings(protocols, thread.config, shared);
    for (const [i, protocol] of protocols.entries())
      for (const [name, read] of Object.entries(protocol.gauges?.(this.settings[i]) ?? {}))
        this.addGauge(thread.counters.declare(name), read);
  }

  private addGauge(counter: number, read: () => number): void {
    const known = this.gauges.find(gauge => gauge.counter === counter);
    if (known) known.reads.push(read);
    else this.gauges.push({ counter, reads: [read] });
  }

  /** Updates the gauges of the protocols. */
  updateGauges(): void {
    const { values } = this.thread.counters;
    for (const { counter, reads } of this.gauges) {
      let sum = 0;
      for (const read of reads) sum += read();
      values[counter] = sum;
    }
  }

  /** Protocols that are recognised. */
  get enabledProtocols(): Protocol[] {
    return this.protocols.filter((_, number) => this.isEnabled(number));
  }

  isEnabled(number: number): boolean {
    return this.modes[number] !== 'no';
  }

  /** @returns undefined if the protocol is only recognised, not parsed */
  create(
    state: ApplicationState,
    flow: number,
    number: number,
    transport: Transport,
    inherited?: unknown,
  ): Session | undefined {
    if (this.modes[number] === 'detection-only') return undefined;
    const protocol = this.protocols[number]!;
    const endpoints = this.endpointsOf(flow, state);
    const session = state.startSession(
      protocol,
      flow,
      this.settings[number],
      this.limits,
      endpoints,
      inherited,
    );
    if (transport === 'tcp') state.startCoroutines(session);
    session.frames = this.framesOf(protocol, flow, transport);
    return session;
  }

  /** Undefined if no frames of the protocol are used. */
  private framesOf(protocol: Protocol, flow: number, transport: Transport): Frames | undefined {
    const { frames } = protocol;
    if (!frames) return undefined;
    const isWanted = (name: string): boolean => this.framesInRules.has(`${frames.prefix}.${name}`);
    if (!(this.thread.wants(EVENT_FRAME) || frames.frameNames.some(isWanted))) return undefined;
    const streams = isWanted(STREAM_FRAME);
    return new Frames(flow, protocol, frames, this.frameLimits, transport === 'udp', streams, this.inline);
  }

  endpointsOf(flow: number, state: ApplicationState): SessionEndpoints {
    return new FlowEndpoints(this.thread.flows, flow, state.reversed !== state.swapDeferred, this.inline);
  }
}

/** The two sides of a flow as in its row, read on demand: most parsers never need them. */
class FlowEndpoints implements SessionEndpoints {
  private readonly first: number;

  constructor(
    private readonly flows: FlowRows,
    flow: number,
    private readonly reversed: boolean,
    readonly inline: boolean,
  ) {
    this.first = flow * Flow.INTS;
  }

  get clientAddress(): Uint8Array {
    return this.address(this.reversed ? Flow.SERVER_ADDRESS : Flow.CLIENT_ADDRESS);
  }

  get serverAddress(): Uint8Array {
    return this.address(this.reversed ? Flow.CLIENT_ADDRESS : Flow.SERVER_ADDRESS);
  }

  get clientPort(): number {
    return this.flows.row[this.first + (this.reversed ? Flow.SERVER_PORT : Flow.CLIENT_PORT)]!;
  }

  get serverPort(): number {
    return this.flows.row[this.first + (this.reversed ? Flow.CLIENT_PORT : Flow.SERVER_PORT)]!;
  }

  private address(column: number): Uint8Array {
    const { row, bytes } = this.flows;
    const start = (this.first + column) * 4;
    return bytes.slice(start, start + (row[this.first + Flow.IP_VERSION] === 6 ? 16 : 4));
  }
}
