/**
 * `sluice/testing`: helpers for tests of plugins.
 *
 * @module sluice/testing
 */
import { Application } from '../../modules/app.js';
import { Batch } from '../batch.js';
import { Config, type ConfigTree } from '../config/config.js';
import { EVENT_TRANSACTION } from '../event.js';
import * as Packet from '../packet.js';
import type { Protocol } from '../protocol.js';
import { TestFlows } from './detection-test/flows.js';
import { ModuleHarness } from './detection-test/module-harness.js';
import { TestThread } from './detection-test/test-thread.js';

/** A thread without an engine: memory, a pool, counters (`counters.read(name)`) and logs (`logs.get(file)`). */
export function testThread(
  config: ConfigTree = {},
  shared: Readonly<Record<string, unknown>> = {},
): TestThread {
  return new TestThread(new Config(config), shared, () => {});
}

/** Packets with these row fields (constants of `Packet`), the rest as initialized by the pool. */
export function batchOf(thread: TestThread, packets: readonly Readonly<Record<number, number>>[]): Batch {
  const batch = new Batch();
  for (const fields of packets) {
    const slot = thread.pool.take();
    for (const [field, value] of Object.entries(fields))
      thread.memory.row[slot * Packet.INTS + Number(field)] = value;
    batch.push(slot);
  }
  return batch;
}

/**
 * Flows for an expiry policy: rows from 0 on with these columns (constants of `Flow`). @param seconds the current time
 */
export function testFlows(rows: readonly Readonly<Record<number, number>>[], seconds: number): TestFlows {
  return new TestFlows(rows, seconds);
}

export interface SideData {
  readonly client: string;
  readonly server: string;
  /** Segment length; a side's whole data is one segment when absent. */
  readonly length?: number;
}

/** Passes the data of both sides to a parser, client first. @returns EVE records of the transactions */
export async function talk(
  protocol: Protocol,
  { client, server, length }: SideData,
): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  const harness = await ModuleHarness.of([thread => new Application(thread, [protocol])], event => {
    if (event.kind === EVENT_TRANSACTION) records.push(event.members);
  });
  harness.begin({
    ...{ kind: 'flow', transport: 'tcp', clientAddress: '192.0.2.1', clientPort: 40_000 },
    ...{ serverAddress: '198.51.100.1', serverPort: protocol.recognition.ports?.tcp?.[0] ?? 9 },
  });
  for (const [toServer, text] of [
    [true, client],
    [false, server],
  ] as const) {
    const bytes = Buffer.from(text, 'latin1');
    const step = length ?? bytes.length;
    for (let at = 0; at < bytes.length; at += step) harness.data(toServer, bytes.subarray(at, at + step));
  }
  harness.endAll();
  return records;
}

export { ModuleHarness, TestFlows, TestThread };
