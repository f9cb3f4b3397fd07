/** Declaration of a protocol's frames: their names, and the buffers of the `frame` keyword derived from them. */
import type { BufferDeclaration, Protocol } from '../protocol.js';
import type { Frame } from './frame.js';
import { frameMembers } from './frame-record.js';

/** The frame that covers the whole stream of a direction; every protocol over TCP has it. */
export const STREAM_FRAME = 'stream';
/** Maximum bytes of a frame shown in alerts. */
const SHOWN_IN_ALERTS = 4096;

/** Frames of a protocol, which detection treats as transactions of a separate protocol. */
export interface FrameProtocol extends Protocol<Frame> {
  /** Prefix of a frame's name if the rule does not name the protocol: `http1.request`. */
  readonly prefix: string;
  /** Names of the frames, without the prefix. */
  readonly frameNames: readonly string[];
}

/** Keyword of the buffer of a frame. */
export const frameBuffer = (prefix: string, name: string): string => `frame.${prefix}.${name}`;

/**
 * Declares frames.
 * @param owner their protocol: its name, names in rules and transports
 * @param names as in EVE's `frame.type`; `stream` need not be named
 * @param prefix in rules of other protocols (`frame:http1.request`), if not the protocol's name
 */
export function declareFrames(
  owner: Pick<Protocol, 'name' | 'ruleNames' | 'transports'>,
  names: readonly string[],
  prefix = owner.name,
): FrameProtocol {
  const frameNames = owner.transports.includes('tcp') ? [...names, STREAM_FRAME] : names;
  return {
    name: `${owner.name} frames`,
    ruleNames: [owner.name, ...(owner.ruleNames ?? [])],
    prefix,
    frameNames,
    transports: owner.transports,
    progressToServer: ['open', 'complete'],
    progressToClient: ['open', 'complete'],
    events: [],
    buffers: frameNames.map(name => bufferOf(prefix, name)),
    values: [],
    tests: [],
    recognition: {},
    record: frame => frameMembers(frame, SHOWN_IN_ALERTS, true),
    bodyLength: frame => frame.bytes.length,
  };
}

function bufferOf(prefix: string, name: string): BufferDeclaration<Frame> {
  return {
    keyword: frameBuffer(prefix, name),
    direction: 'either',
    progress: 1,
    summary: `frame ${name} of ${prefix}`,
    growing: true,
    get: frame => (frame.type === name ? frame.bytes.view() : undefined),
  };
}
