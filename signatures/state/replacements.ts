/**
 * Places in payloads where a content with `replace` was found. They are overwritten when all of the signature holds,
 * which is known only after the contents were.
 */
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';

/** Name among the stores; there is none where packets cannot be changed. */
export const REPLACEMENTS = 'replacements';

export class Replacements {
  private readonly places: number[] = [];
  private readonly contents: Uint8Array[] = [];
  private slot = -1;
  private signature = -1;

  /** The content was found at `found` in the buffer in hand. */
  note(at: Inspection, found: number, content: Uint8Array): void {
    if (at.slot !== this.slot || at.signature !== this.signature) this.clear();
    this.slot = at.slot;
    this.signature = at.signature;
    this.places.push(found);
    this.contents.push(content);
  }

  /** The signature holds: writes what was noted for it into the packet. */
  apply(at: Inspection): void {
    if (at.slot === this.slot && at.signature === this.signature) {
      for (let i = 0; i < this.places.length; i++) this.write(at, this.places[i]!, this.contents[i]!);
    }
    this.clear();
  }

  private write({ memory, p, bytes }: Inspection, place: number, content: Uint8Array): void {
    const start = memory.row[p + Packet.PAYLOAD]!;
    const end = start + memory.row[p + Packet.PAYLOAD_LENGTH]!;
    // A copy of the payload (a stream's history) is no packet that leaves.
    if (bytes !== memory.bytes || place < start || place + content.length > end) return;
    memory.bytes.set(content, place);
    memory.row[p + Packet.FLAGS]! |= Packet.FLAG_MODIFIED;
  }

  private clear(): void {
    this.places.length = 0;
    this.contents.length = 0;
    this.slot = -1;
  }
}
