/** TCP stream data as passed to scripts: chunk by chunk, in order, as it is reassembled. */
import type { LuaTable } from '../../engine/lua.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import type { TransactionAt } from './transactions.js';

/** A chunk of a stream, as `args.stream`. */
function streamChunk(data: Uint8Array, open: boolean, close: boolean, toServer: boolean): LuaTable {
  const directions = {
    to_server: toServer,
    to_client: !toServer,
    toserver: toServer,
    toclient: !toServer,
  };
  return { stream: { data, open, close, ...directions } };
}

const BODIES = [
  ['http.request_body', true],
  ['http.response_body', false],
] as const;

/** Bodies of an HTTP transaction, each in one chunk. */
export function bodyChunks({ session, transaction }: TransactionAt): LuaTable[] {
  return BODIES.flatMap(([keyword, toServer]) => {
    const buffer = session.protocol.buffers.find(each => each.keyword === keyword);
    const bytes = buffer?.get(transaction, toServer, 0);
    return bytes && bytes.length > 0 ? [streamChunk(bytes, true, true, toServer)] : [];
  });
}

const ENDED = Packet.STREAM_END | Packet.STREAM_RESET;

export class Streams {
  /** By flow: bits of the directions whose data was seen. */
  private readonly begun: Uint8Array;

  constructor(private readonly thread: Thread) {
    this.begun = new Uint8Array(thread.flows.capacity);
  }

  /** The chunk that a packet made available, if any. @param p index of its row */
  chunkOf(p: number, flow: number): LuaTable | undefined {
    const { row, bytes } = this.thread.memory;
    const flags = row[p + Packet.STREAM_FLAGS]!;
    const length = flags & Packet.STREAM_BEYOND ? 0 : row[p + Packet.STREAM_LENGTH]!;
    const toServer = (flags & Packet.STREAM_TO_SERVER) !== 0;
    const bit = toServer ? 1 : 2;
    const begun = (this.begun[flow]! & bit) !== 0;
    const ends = (flags & ENDED) !== 0;
    if (length === 0 && !(ends && begun)) return undefined;
    this.begun[flow] = ends ? this.begun[flow]! & ~bit : this.begun[flow]! | bit;
    const start = row[p + Packet.STREAM_DATA]!;
    return streamChunk(bytes.subarray(start, start + length), !begun, ends, toServer);
  }

  /** The flow has ended. */
  forget(flow: number): void {
    this.begun[flow] = 0;
  }
}
