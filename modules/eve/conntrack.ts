/** `"conntrack":{…}`: the packet's connection in the kernel's tracking, if a queue was configured to report it. */
import { connectionOf } from '../../engine/packet/conntrack.js';
import * as Packet from '../../engine/packet.js';
import type { Subject } from '../../engine/record/subject.js';
import { type JsonBytes, key } from './json-bytes.js';

const CONNTRACK = key('conntrack');
const ID = key('id');
const MARK = key('mark');
const STATE = key('state');
const DIRECTION = key('direction');

export function writeConntrack(json: JsonBytes, subject: Subject): void {
  // Only received packets have this field; in other rows it has another meaning.
  if (subject.packet < 0 || subject.packetField(Packet.PSEUDO) !== Packet.PSEUDO_NONE) return;
  const connection = connectionOf(subject.memory, subject.p);
  if (!connection) return;
  json.open(CONNTRACK);
  json.integer(ID, connection.id);
  json.integer(MARK, connection.mark);
  json.text(STATE, connection.state);
  json.text(DIRECTION, connection.direction);
  json.close();
}
