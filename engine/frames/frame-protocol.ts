/** What a protocol declares of its frames: their names, and from these the buffers of the `frame` keyword. */
import type { BufferDeclaration, Protocol } from '../protocol.js';
import type { Frame } from './frame.js';
import { frameMembers } from './frame-record.js';

/** The frame that is the whole of a direction's stream; every protocol over TCP has it. */
export const STREAM_FRAME = 'stream';
/** Bytes of a frame that alerts show. */
const SHOWN_IN_ALERTS = 4096;

/** Frames of a protocol, which detection takes as transactions of a protocol of their own. */
export interface FrameProtocol extends Protocol<Frame> {
  /** What stands before a frame's name where the rule does not name the protocol: `http1.request`. */
  readonly prefix: string;
  /** Names of the frames, without the prefix. */
  readonly frameNames: readonly string[];
}

/** Keyword of the buffer that a frame is for signatures. */
export const frameBuffer = (prefix: string, name: string): string => `frame.${prefix}.${name}`;

/**
 * Declares frames.
 * @param owner the protocol they are of: its name, names in rules and transports
 * @param names as in EVE's `frame.type`; `stream` need not be named
 * @param prefix in rules of other protocols (`frame:http1.request`), where it is not the protocol's name
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
