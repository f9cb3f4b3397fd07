import type { Batch } from '../../../engine/batch.js';
import { integer, option, texts } from '../../../engine/config/option.js';
import { defineModule, type Thread } from '../../../engine/module.js';
import * as Packet from '../../../engine/packet.js';

const COUNT = option('test.count', integer(), 1000, 'packets to make');
const PATTERN = option('test.pattern', texts, ['tcp4'], 'kinds of packets, in turn');

/** Creates packets without bytes, numbered from 1, each kind in turn; flows are numbered by tens. */
export default defineModule({
  summary: 'makes numbered packets',
  kind: 'acquire',
  create: thread => new Numbered(thread),
});

class Numbered {
  private made = 0;
  private readonly count: number;
  private readonly pattern: readonly string[];

  constructor(private readonly thread: Thread) {
    this.count = thread.config.read(COUNT);
    this.pattern = thread.config.read(PATTERN);
  }

  get finished(): boolean {
    return this.made === this.count;
  }

  process(batch: Batch): void {
    const { pool, memory } = this.thread;
    while (batch.length < 64 && this.made < this.count) {
      const slot = pool.take();
      if (slot < 0) return;
      const p = slot * Packet.INTS;
      const kind = this.pattern[this.made % this.pattern.length]!;
      memory.row[p + Packet.NUMBER] = ++this.made;
      memory.row[p + Packet.SOURCE] = this.thread.index;
      memory.row[p + Packet.IP_VERSION] = kind.endsWith('6') ? 6 : 4;
      memory.row[p + Packet.PROTOCOL] = kind.startsWith('tcp') ? 6 : 17;
      memory.row[p + Packet.FLOW_HASH] = Math.imul(Math.floor(this.made / 10), 0x9e3779b1);
      memory.row[p + Packet.ALERTS] = this.made % 7 === 0 ? 1 : 0;
      batch.push(slot);
    }
  }
}
