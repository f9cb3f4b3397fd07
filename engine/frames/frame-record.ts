/** Frames in EVE records. */
import type { Frame } from './frame.js';

/**
 * Members without braces: `"frame":{…}`, for an alert with the record of the transaction it belongs to.
 * @param most maximum bytes shown
 */
export function frameMembers(frame: Frame, most: number, forAlert: boolean): string {
  const { type, number, toServer, offset, length, datagram, transaction } = frame;
  const members = [
    `"type":"${type}"`,
    `"id":${number}`,
    `"direction":"${toServer ? 'toserver' : 'toclient'}"`,
  ];
  if (!datagram) members.push(`"stream_offset":${offset}`);
  members.push(`"length":${length < 0 ? frame.received : length}`, `"complete":${frame.isComplete}`);
  const shown = shownBytes(frame, most);
  members.push(
    `"payload":"${shown.toString('base64')}"`,
    `"payload_printable":${JSON.stringify(printable(shown))}`,
  );
  if (transaction) members.push(`"tx_id":${transaction.id}`);
  const all = [`"frame":{${members.join(',')}}`];
  if (forAlert && transaction) all.push(...ofTransaction(frame));
  return all.join(',');
}

function ofTransaction({ protocol, transaction, toServer }: Frame): string[] {
  const record = protocol.record(transaction!, true);
  const more = protocol.alertMembers?.(transaction!, toServer) ?? '';
  return [record, more].filter(members => members !== '');
}

/** Its bytes, with a note in place of missing ones. */
function shownBytes({ bytes, gaps }: Frame, most: number): Buffer {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { at, missing } of gaps) {
    parts.push(bytes.slice(from, at), Buffer.from(`[${missing} bytes missing]`));
    from = at;
  }
  parts.push(bytes.slice(from));
  return Buffer.concat(parts).subarray(0, most);
}

/** Replaces bytes other than printable ASCII and line ends by dots. */
function printable(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[^\x20-\x7e\r\n]/g, '.');
}
