/** `anomaly`: something is malformed, in a packet (decode), its stream, or an application protocol. */
import { applicationEventName, isApplicationEvent } from '../../engine/application/packet-events.js';
import { eventName, isStreamEvent } from '../../engine/packet/packet-event-names.js';
import * as Packet from '../../engine/packet.js';
import type { Subject } from '../../engine/record/subject.js';
import type { HeaderKind } from './header.js';
import { key } from './json-bytes.js';
import { writePacket } from './payload.js';
import { writeTunnel } from './tunnel.js';
import type { Writer } from './writer.js';

const KIND: HeaderKind = { type: new TextEncoder().encode('anomaly'), direction: 'packet', packet: true };
const ANOMALY = key('anomaly');
const TYPE = key('type');
const EVENT = key('event');
const LAYER = key('layer');
/** Number of bytes shown of the packet. */
const HEADER_BYTES = 32;

/** The anomaly that the event itself describes: `"anomaly":{"type":"applayer",…}`. */
export function writeOwnAnomaly(writer: Writer, subject: Subject): void {
  const { json, header } = writer;
  header.write(json, subject, KIND);
  writer.copyMembers(subject);
  json.close();
}

/** One of the events of the packet (`engine/packet/packet-events.ts`). */
export function writePacketAnomaly(writer: Writer, subject: Subject, event: number): void {
  const { json, header, instance } = writer;
  header.write(json, subject, KIND);
  writeTunnel(json, subject, header);
  json.open(ANOMALY);
  const ofApplication = isApplicationEvent(event);
  if (ofApplication) {
    json.text(TYPE, 'applayer');
    json.text(EVENT, applicationEventName(event).toUpperCase());
    json.text(LAYER, 'proto_detect');
  } else {
    json.text(TYPE, isStreamEvent(event) ? 'stream' : 'decode');
    json.text(EVENT, eventName(event));
  }
  json.close();
  if (instance.anomaly.packetHeader && !ofApplication) writePacket(json, subject, HEADER_BYTES);
  json.close();
}

/** Calls `visit` with each event of the packet, in numerical order. */
export function forEachPacketEvent(subject: Subject, visit: (event: number) => void): void {
  for (let field = 0; field < Packet.EVENT_FIELDS; field++) {
    let bits = subject.packetField(Packet.EVENTS + field);
    while (bits !== 0) {
      const bit = 31 - Math.clz32(bits & -bits);
      visit(field * 32 + bit);
      bits &= bits - 1;
    }
  }
}
