/**
 * Positions in payloads where a content with `replace` matched. They are overwritten if the whole signature matches,
 * which is known only later.
 */
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';

/** Name of the store; it does not exist if packets cannot be modified. */
export const REPLACEMENTS = 'replacements';

export class Replacements {
  private readonly places: number[] = [];
  private readonly contents: Uint8Array[] = [];
  private slot = -1;
  private signature = -1;

  /** Records a content match at `found` in the current buffer. */
  note(at: Inspection, found: number, content: Uint8Array): void {
    if (at.slot !== this.slot || at.signature !== this.signature) this.clear();
    this.slot = at.slot;
    this.signature = at.signature;
    this.places.push(found);
    this.contents.push(content);
  }

  /** The signature matches: writes its recorded replacements into the packet. */
  apply(at: Inspection): void {
    if (at.slot === this.slot && at.signature === this.signature) {
      for (let i = 0; i < this.places.length; i++) this.write(at, this.places[i]!, this.contents[i]!);
    }
    this.clear();
  }

  private write({ memory, p, bytes }: Inspection, place: number, content: Uint8Array): void {
    const start = memory.row[p + Packet.PAYLOAD]!;
    const end = start + memory.row[p + Packet.PAYLOAD_LENGTH]!;
    // A copy of the payload (a stream's history) is not part of an outgoing packet.
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
