/** Begins sessions: gives a parser its settings, limits, the two sides of its flow, and the frames somebody looks at. */
import { EVENT_FRAME } from '../event.js';
import { engineMode } from '../exception-policy.js';
import * as Flow from '../flow-record.js';
import { STREAM_FRAME } from '../frames/frame-protocol.js';
import { type FrameLimits, Frames } from '../frames/frames.js';
import type { Thread } from '../module.js';
import type { Protocol } from '../protocol.js';
import { enabling } from './load-protocols.js';
import { FRAME_LIMIT, MAX_TRANSACTIONS, SOCKET_LIMIT } from './options.js';
import type { Transport } from './recognition.js';
import type { Session, SessionLimits, Sides } from './session.js';
import type { Talk } from './talk.js';

export class Sessions {
  /** Frames that signatures look at, as `PREFIX.NAME`. */
  framesInRules: ReadonlySet<string> = new Set();
  private readonly settings: readonly unknown[];
  private readonly enabling: readonly ReturnType<typeof enabling>[];
  private readonly limits: SessionLimits;
  private readonly frameLimits: FrameLimits;
  private readonly inline: boolean;

  /** @param protocols by their numbers */
  constructor(
    private readonly thread: Thread,
    private readonly protocols: readonly Protocol[],
  ) {
    const { config } = thread;
    this.settings = protocols.map(protocol => protocol.prepare?.(config, thread.shared));
    this.enabling = protocols.map(protocol => enabling(protocol, config));
    this.limits = { socket: config.read(SOCKET_LIMIT), transactions: config.read(MAX_TRANSACTIONS) };
    this.frameLimits = { open: config.read(MAX_TRANSACTIONS), bytes: config.read(FRAME_LIMIT) };
    this.inline = config.read(engineMode) === 'ips';
  }

  /** Protocols that are recognised. */
  get recognised(): Protocol[] {
    return this.protocols.filter((_, number) => this.isEnabled(number));
  }

  isEnabled(number: number): boolean {
    return this.enabling[number] !== 'no';
  }

  /** @returns undefined where the protocol is recognised only, not parsed */
  begin(
    talk: Talk,
    flow: number,
    number: number,
    transport: Transport,
    inherited?: unknown,
  ): Session | undefined {
    if (this.enabling[number] === 'detection-only') return undefined;
    const protocol = this.protocols[number]!;
    const sides = this.sidesOf(flow, talk);
    const session = talk.start(protocol, flow, this.settings[number], this.limits, sides, inherited);
    session.frames = this.framesOf(protocol, flow, transport);
    return session;
  }

  /** Undefined where nobody looks at frames of the protocol. */
  private framesOf(protocol: Protocol, flow: number, transport: Transport): Frames | undefined {
    const { frames } = protocol;
    if (!frames) return undefined;
    const isWanted = (name: string): boolean => this.framesInRules.has(`${frames.prefix}.${name}`);
    if (!(this.thread.wants(EVENT_FRAME) || frames.frameNames.some(isWanted))) return undefined;
    return new Frames(flow, protocol, frames, this.frameLimits, transport === 'udp', isWanted(STREAM_FRAME));
  }

  sidesOf(flow: number, talk: Talk): Sides {
    const { row, bytes } = this.thread.flows;
    const f = flow * Flow.INTS;
    const length = row[f + Flow.IP_VERSION] === 6 ? 16 : 4;
    const address = (column: number): Uint8Array => bytes.slice((f + column) * 4, (f + column) * 4 + length);
    const client = talk.reversed ? Flow.SERVER_ADDRESS : Flow.CLIENT_ADDRESS;
    const server = talk.reversed ? Flow.CLIENT_ADDRESS : Flow.SERVER_ADDRESS;
    return {
      clientAddress: address(client),
      serverAddress: address(server),
      clientPort: row[f + (talk.reversed ? Flow.SERVER_PORT : Flow.CLIENT_PORT)]!,
      serverPort: row[f + (talk.reversed ? Flow.CLIENT_PORT : Flow.SERVER_PORT)]!,
      inline: this.inline,
    };
  }
}
