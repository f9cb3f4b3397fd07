/** Packets as the modules behind decode receive them. */
import type { Batch } from '../../engine/batch.js';
import type { ThreadModule } from '../../engine/module.js';
import decode from '../../modules/decode.js';
import type { StubThread } from '../thread-stub.js';

const decoders = new WeakMap<StubThread, ThreadModule>();

export function decodeAll(thread: StubThread, batch: Batch): Batch {
  let decoder = decoders.get(thread);
  if (!decoder) {
    decoder = decode.create(thread) as ThreadModule;
    decoders.set(thread, decoder);
  }
  decoder.process(batch);
  return batch;
}
