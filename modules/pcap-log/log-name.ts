/** Names of a packet log between the threads and the writer: for all threads, or for one of them. */
import type { NamedThread } from './file-name.js';

const NAME = /^pcap-log:(\d+):(\d+)$/;

export function logNameOf({ number, id }: NamedThread = { number: 1, id: 0 }): string {
  return `pcap-log:${number}:${id}`;
}

/** @returns undefined for the name of any other log */
export function threadIn(name: string): NamedThread | undefined {
  const [, number, id] = NAME.exec(name) ?? [];
  return number === undefined ? undefined : { number: Number(number), id: Number(id) };
}
