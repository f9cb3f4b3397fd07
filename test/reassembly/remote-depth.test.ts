/** Reassembly depth of a flow whose readers are in another thread. */
import { expect, it } from 'vitest';
import { Batch } from '../../engine/batch.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { RemoteStreams } from '../../engine/stream/remote-streams.js';
import { RemoteDepth } from '../../modules/stream/reassembly/remote-depth.js';
import { stubThread } from '../thread-stub.js';

const FLOW = 2;

/** @param meanwhile what the readers do during the wait */
function scene(meanwhile: (streams: RemoteStreams) => void = () => {}) {
  const streams = new RemoteStreams(RemoteStreams.allocate(4));
  const calls: string[] = [];
  let waits = 0;
  const stub = stubThread();
  const thread: Thread = Object.assign(stub, {
    remoteStreams: streams,
    warnOnce: (text: string) => void calls.push(text),
    waitUntil: (ready: () => boolean) => {
      waits++;
      meanwhile(streams);
      return ready();
    },
  });
  const batch = new Batch();
  /** Data of this batch, which readers do not have yet. */
  const bring = (toServer: boolean, position: number, gap = 0) => {
    const slot = stub.pool.take();
    const p = slot * Packet.INTS;
    stub.memory.row[p + Packet.FLOW] = FLOW;
    stub.memory.row[p + Packet.STREAM_FLAGS] = toServer ? Packet.STREAM_TO_SERVER : 0;
    stub.memory.row[p + Packet.STREAM_OFFSET] = position;
    stub.memory.row[p + Packet.STREAM_LENGTH] = 100;
    stub.memory.row[p + Packet.STREAM_GAP] = gap;
    batch.keep(slot);
  };
  const depth = RemoteDepth.of(thread)!;
  const asked = (toServer: number, toClient: number) => depth.requestedDepth(batch, FLOW, toServer, toClient);
  return { streams, calls, bring, asked, thread, waits: () => waits };
}

it('the depth is local if readers are in the same thread, or there are none', () => {
  expect(RemoteDepth.of(stubThread())).toBeUndefined();
  const { asked, thread, streams } = scene();
  streams.setDepth(FLOW, 5000);
  thread.services.set('application-layer', {});
  expect(asked(0, 0)).toBeUndefined();
});

it('the depth is that of the readers, after they have read both directions', () => {
  const { asked, waits } = scene(streams => {
    streams.setRead(FLOW, true, 100);
    streams.setRead(FLOW, false, 0xf000_0000);
    streams.setDepth(FLOW, 0xf100_0000);
  });
  expect(asked(100, 0xf000_0000)).toBe(0xf100_0000);
  expect(asked(100, 0xf000_0000)).toBe(0xf100_0000);
  expect(waits()).toBe(1);
});

it('readers are not waited for because of data of the current batch', () => {
  const { asked, bring, streams, waits } = scene();
  streams.setRead(FLOW, true, 100);
  streams.setDepth(FLOW, 0);
  bring(true, 100);
  bring(true, 200);
  bring(false, 50, 50);
  expect(asked(300, 150)).toBe(0);
  expect(waits()).toBe(0);
});

it('the depth is forgotten when the row is reused for another flow', () => {
  const { asked, streams } = scene();
  streams.setDepth(FLOW, 9);
  streams.reset(FLOW);
  expect(asked(0, 0)).toBeUndefined();
});

it('readers that do not read are waited for once, with a warning', () => {
  const { asked, calls, waits } = scene();
  expect(asked(100, 0)).toBeUndefined();
  expect(asked(200, 0)).toBeUndefined();
  expect(waits()).toBe(1);
  expect(calls).toHaveLength(1);
});
