/** `payload`, `payload_printable`, `payload_length`, `stream`, `packet`, `packet_info` of alerts. */
import {
  ALERT_DATA,
  ALERT_DATA_LENGTH,
  ALERT_FLAGS,
  ALERT_IN_STREAM,
  ALERT_IN_TRANSACTION,
} from '../../engine/event.js';
import { linkTypeName } from '../../engine/packet/link-type.js';
import * as Packet from '../../engine/packet.js';
import type { Subject } from '../../engine/record/subject.js';
import type { AlertSettings } from './instance.js';
import { type JsonBytes, key } from './json-bytes.js';

const PAYLOAD = key('payload');
const PAYLOAD_PRINTABLE = key('payload_printable');
const PAYLOAD_LENGTH = key('payload_length');
const STREAM = key('stream');
const PACKET = key('packet');
const PACKET_INFO = key('packet_info');
const LINK_TYPE = key('linktype');
const LINK_TYPE_NAME = key('linktype_name');

const TCP = 6;

/** The payload members that the entry is configured for, from the stream if the signature matched there. */
export function writePayload(json: JsonBytes, subject: Subject, settings: AlertSettings): void {
  if (!settings.payload && !settings.payloadPrintable && !settings.payloadLength) return;
  const inStream = isInStream(subject);
  if (inStream && subject.field(ALERT_DATA_LENGTH) > 0) {
    writeBytes(json, subject, subject.field(ALERT_DATA), subject.field(ALERT_DATA_LENGTH), settings);
  } else if (inStream && subject.packetField(Packet.STREAM_LENGTH) > 0) {
    const length = subject.packetField(Packet.STREAM_LENGTH);
    writeBytes(json, subject, subject.packetField(Packet.STREAM_DATA), length, settings);
  } else if (subject.packetField(Packet.PAYLOAD_LENGTH) > 0) {
    const length = subject.packetField(Packet.PAYLOAD_LENGTH);
    writeBytes(json, subject, subject.packetField(Packet.PAYLOAD), length, settings, subject.packet >= 0);
  }
  json.integer(STREAM, inStream ? 1 : 0);
}

function isInStream(subject: Subject): boolean {
  if (subject.packetField(Packet.PROTOCOL) !== TCP) return false;
  return (subject.field(ALERT_FLAGS) & (ALERT_IN_STREAM | ALERT_IN_TRANSACTION)) !== 0;
}

/** @param whole the logged length is that of all bytes, even if only some are shown */
function writeBytes(
  json: JsonBytes,
  subject: Subject,
  start: number,
  length: number,
  settings: AlertSettings,
  whole = true,
): void {
  const { bytes } = subject.memory;
  const end = start + Math.min(length, settings.payloadSize);
  if (settings.payload) json.base64(PAYLOAD, bytes, start, end);
  if (settings.payloadPrintable) json.printable(PAYLOAD_PRINTABLE, bytes, start, end);
  if (settings.payloadLength && whole) json.integer(PAYLOAD_LENGTH, length);
}

/** The packet's bytes from its first header on, and the link type of that header. `most`: maximum number of bytes. */
export function writePacket(json: JsonBytes, subject: Subject, most = Number.MAX_SAFE_INTEGER): void {
  const { row } = subject;
  const { p } = subject;
  const start = row[p + Packet.DATA]!;
  const length = row[p + Packet.LENGTH]!;
  if (subject.packet < 0) return;
  // The end of a flow has no packet bytes.
  json.base64(PACKET, subject.memory.bytes, start, start + Math.min(length, most));
  const linkType = row[p + Packet.LINK_TYPE]!;
  json.open(PACKET_INFO);
  json.integer(LINK_TYPE, linkType);
  const name = linkTypeName(linkType);
  if (name !== undefined) json.text(LINK_TYPE_NAME, name);
  json.close();
}
