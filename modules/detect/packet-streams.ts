/** The stream data of a packet, and the stream that is inspected with it. */
import * as Packet from '../../engine/packet.js';
import type { GroupRules } from '../../signatures/compile/image.js';
import * as Traits from '../../signatures/compile/traits.js';
import type { DetectionParts } from './detection-parts.js';
import { followsStreams, streamGroup } from './port-rules.js';
import type { StreamState } from './stream-state.js';

export class PacketStreams {
  private readonly row: Int32Array;
  private readonly notesSequences: boolean;

  constructor(private readonly parts: DetectionParts) {
    this.row = parts.thread.memory.row;
    this.notesSequences = parts.image.usesStreamSize || parts.streamData !== undefined;
  }

  /** Notes the sequence numbers of a received packet, if `stream_size` or alerts with payloads need them. */
  recordSequence(p: number): void {
    const { facts, states } = this.parts;
    if (!this.notesSequences || facts.flow < 0 || facts.transport !== Traits.TCP) return;
    if (this.row[p + Packet.PSEUDO]! > Packet.PSEUDO_REASSEMBLED) return;
    states.sequences.notePacket(this.row, p, facts.flow, facts.toServer);
  }

  /**
   * Adds the packet's stream data to its state.
   * @param i its index in the batch
   * @returns the state that now holds it
   */
  take(i: number, p: number): StreamState | undefined {
    const { row } = this;
    const { facts, image, plan } = this.parts;
    if (facts.flow < 0 || facts.transport !== Traits.TCP || !this.parts.inspectsStreams) return undefined;
    if (!Packet.carriesStream(row, p)) return undefined;
    const toServer = (row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_TO_SERVER) !== 0;
    const group = streamGroup(image, this.parts.thread.flows, facts.flow, toServer);
    if (!followsStreams(group)) return undefined;
    const state = this.parts.currentFlow.stateOfFlow().stream(toServer);
    this.parts.streams.take(state, p, plan.stream[i]!, group);
    const early = this.parts.currentFlow.state?.knownEarly(toServer);
    if (early) this.parts.streams.takeOver(state, early);
    return state;
  }

  /** Inline, adds data that waits after a gap: it is inspected with the packet that carries it. */
  takeEarly(i: number, p: number): StreamState | undefined {
    if ((this.row[p + Packet.FLAGS]! & Packet.FLAG_AFTER_GAP) === 0) return undefined;
    const { facts, image, plan, currentFlow, streams } = this.parts;
    if (facts.flow < 0 || facts.transport !== Traits.TCP || !this.parts.inspectsStreams) return undefined;
    const group = streamGroup(image, this.parts.thread.flows, facts.flow, facts.toServer);
    if (!followsStreams(group)) return undefined;
    const state = currentFlow.stateOfFlow().early(facts.toServer);
    streams.takeEarly(state, p, plan.stream[i]!, group);
    return state;
  }

  /**
   * Inline, the data of this packet is inspected with it. In IDS mode, a packet triggers the inspection of the
   * acknowledged data of its own direction.
   */
  toInspect(p: number, data: StreamState | undefined): StreamState | undefined {
    const { streams, facts, currentFlow } = this.parts;
    if (facts.flow < 0 || facts.transport !== Traits.TCP) return undefined;
    const inline = (this.row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_INLINE) !== 0;
    if (inline && data) return streams.isReady(data, 1) ? data : undefined;
    // Not a received packet: remaining data is inspected with the next packet, or at the end of the flow.
    if (this.row[p + Packet.PSEUDO] === Packet.PSEUDO_STREAM) return undefined;
    const state = currentFlow.stream(facts.toServer);
    if (state && (this.row[p + Packet.FLAGS]! & Packet.FLAG_INSPECT_STREAM) !== 0) state.flush = true;
    return state && streams.isReady(state, streams.chunk(facts.toServer)) ? state : undefined;
  }

  /** Called after the packet was inspected, with its transactions. */
  releaseFinished(): void {
    const { currentFlow, streams } = this.parts;
    streams.releaseIfFinished(currentFlow.stream(true));
    streams.releaseIfFinished(currentFlow.stream(false));
  }

  /** Port group of the direction that a state belongs to. */
  groupOf(state: StreamState): GroupRules {
    const { image, facts, thread } = this.parts;
    return streamGroup(image, thread.flows, facts.flow, this.isToServer(state));
  }

  isToServer(state: StreamState): boolean {
    const { currentFlow } = this.parts;
    return state === currentFlow.stream(true) || state === currentFlow.state?.knownEarly(true);
  }
}
