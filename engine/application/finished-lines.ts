/** Text lines for finished transactions: the common part of the logs of single protocols. */
import { fullAddressText } from '../address.js';
import type { ApplicationLayer } from '../application-layer.js';
import * as Flow from '../flow/flow-record.js';
import type { LogWriter, Thread } from '../module.js';
import * as Packet from '../packet.js';
import type { Protocol, Transaction } from '../protocol.js';
import type { LineSubject } from '../record/line-format.js';

/** A log, and its line for a transaction; undefined if it has none. */
export interface LineLog {
  readonly file: string;
  line(subject: LineSubject, protocol: Protocol, transaction: Transaction): string | undefined;
}

/** @throws Error if the thread has no application layer */
export function logFinished(
  thread: Thread,
  name: string,
  protocolName: string,
  logs: readonly LineLog[],
): void {
  if (logs.length === 0) return;
  const layer = thread.services.get('application-layer') as ApplicationLayer | undefined;
  if (!layer?.onFinished)
    throw new Error(`${name}: outputs must run in the same thread as app (profiles single, workers, autofp)`);
  const writers = logs.map(log => ({ log, writer: thread.openLog(log.file) }));
  layer.onFinished((slot, { protocol, flow }, transaction) => {
    if (protocol.name !== protocolName) return;
    const subject = subjectOf(thread, slot, flow);
    for (const { log, writer } of writers) write(writer, log.line(subject, protocol, transaction));
  });
}

function write(writer: LogWriter, line: string | undefined): void {
  if (line === undefined) return;
  const bytes = Buffer.from(`${line}\n`, 'latin1');
  writer.write(bytes, 0, bytes.length);
}

function subjectOf({ memory, flows }: Thread, slot: number, flow: number): LineSubject {
  const p = slot * Packet.INTS;
  const f = flow * Flow.INTS;
  const version = flows.row[f + Flow.IP_VERSION]!;
  const address = (field: number) => fullAddressText(flows.bytes, (f + field) * 4, version);
  return {
    seconds: Packet.secondsOf(memory.row, p),
    nanoseconds: memory.row[p + Packet.NANOSECONDS]!,
    client: address(Flow.CLIENT_ADDRESS),
    clientPort: flows.row[f + Flow.CLIENT_PORT]!,
    server: address(Flow.SERVER_ADDRESS),
    serverPort: flows.row[f + Flow.SERVER_PORT]!,
  };
}

/** `07/01/2014-04:20:14.338309`, local time. */
export function lineTime({ seconds, nanoseconds }: LineSubject): string {
  const date = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${two(date.getMonth() + 1)}/${two(date.getDate())}/${date.getFullYear()}`;
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day}-${clock}.${String(Math.trunc(nanoseconds / 1000)).padStart(6, '0')}`;
}
