/** The numbers in frames: settings, priorities, errors and windows (RFC 9113 6). */
import { uint32 } from '../../../engine/packet/network-order.js';
import type { Http2Event } from './events.js';
import { GOAWAY, PING, PRIORITY, parseSettings, RST_STREAM, SETTINGS, WINDOW_UPDATE } from './frame.js';
import type { Message } from './transaction.js';

/** Minimum length of frames in bytes, by type. */
const NEEDED: Readonly<Record<number, number>> = {
  [PRIORITY]: 5,
  [RST_STREAM]: 4,
  [PING]: 8,
  [GOAWAY]: 8,
  [WINDOW_UPDATE]: 4,
};

/** Records the type of a frame and the numbers in it. @returns the event for an invalid frame */
export function recordFrame(message: Message, type: number, payload: Uint8Array): Http2Event | undefined {
  message.note(message.frames, type);
  if (type === SETTINGS) return storeSettings(message, payload);
  if (payload.length < (NEEDED[type] ?? 0)) return 'invalid_frame_length';
  if (type === PRIORITY) message.note(message.priorities, payload[4]!);
  else if (type === RST_STREAM) message.note(message.errors, uint32(payload, 0));
  else if (type === GOAWAY) message.note(message.errors, uint32(payload, 4));
  else if (type === WINDOW_UPDATE) message.note(message.windows, uint32(payload, 0) & 0x7fffffff);
  return undefined;
}

function storeSettings(message: Message, payload: Uint8Array): Http2Event | undefined {
  const settings = parseSettings(payload);
  if (!settings) return 'invalid_frame_length';
  message.storeSettings(settings);
  return undefined;
}
