/** Transfer encodings of MIME (RFC 2045 6), decoded line by line. */
import { fromLatin1, latin1 } from '../../../engine/latin1.js';

/** Decodes the lines of one body. */
export interface TransferDecoder {
  /**
   * @param line without its line end, or a part of one
   * @param ended false if the rest of the line is still to come
   * @returns bytes decoded so far, valid until the next line
   */
  line(line: Uint8Array, ended: boolean): Uint8Array;
  /** The bytes left at the end. */
  end(): Uint8Array;
}

const EMPTY = new Uint8Array(0);
const LINE_END = fromLatin1('\r\n');

/** @param invalid called for data that cannot be decoded */
export function transferDecoder(encoding: string, invalid: (kind: 'base64' | 'qp') => void): TransferDecoder {
  if (encoding === 'base64') return new Base64(() => invalid('base64'));
  if (encoding === 'quoted-printable') return new QuotedPrintable(() => invalid('qp'));
  return new Lines();
}

/** Identity encoding; the line end before a boundary belongs to the boundary. */
class Lines implements TransferDecoder {
  private pending: Uint8Array = EMPTY;

  line(line: Uint8Array, ended: boolean): Uint8Array {
    const bytes = this.pending.length === 0 ? line : Buffer.concat([this.pending, line]);
    this.pending = ended ? LINE_END : EMPTY;
    return bytes;
  }

  end(): Uint8Array {
    return EMPTY;
  }
}

/** Six bits for each character of the alphabet (RFC 4648 4), padding, and characters to skip. */
const PAD = 64;
const SKIPPED = 65;
const INVALID = 66;
const SIXTETS = sixtets();

function sixtets(): Uint8Array {
  const values = new Uint8Array(256).fill(INVALID);
  for (const space of '\t\n\v\f\r \xa0') values[space.charCodeAt(0)] = SKIPPED;
  values['='.charCodeAt(0)] = PAD;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

class Base64 implements TransferDecoder {
  /** Bits that do not form a byte yet. */
  private bits = 0;
  private held = 0;
  private pads = 0;
  private decoded = EMPTY;

  constructor(private readonly invalid: () => void) {}

  line(line: Uint8Array): Uint8Array {
    if (this.decoded.length < line.length) this.decoded = new Uint8Array(Math.max(76, line.length));
    const { decoded } = this;
    let length = 0;
    let valid = true;
    for (let i = 0; i < line.length; i++) {
      const value = SIXTETS[line[i]!]!;
      if (value >= PAD) {
        if (value === PAD) this.pad();
        if (value === INVALID) valid = false;
        continue;
      }
      this.pads = 0;
      this.bits = ((this.bits << 6) | value) & 0xfff;
      this.held += 6;
      if (this.held < 8) continue;
      this.held -= 8;
      decoded[length++] = this.bits >> this.held;
    }
    if (!valid) this.invalid();
    return decoded.subarray(0, length);
  }

  /** Each stands for two bits. After a complete group, separately encoded data may follow; other padding is ignored. */
  private pad(): void {
    this.pads++;
    if (this.held < 6 && 2 * this.pads >= this.held) this.held = 0;
  }

  end(): Uint8Array {
    return EMPTY;
  }
}

class QuotedPrintable implements TransferDecoder {
  /** The last line ends here, unless a soft line break follows. */
  private pending: Uint8Array = EMPTY;
  /** The start of an escape that continues in the next part of its line. */
  private begun = '';

  constructor(private readonly invalid: () => void) {}

  line(line: Uint8Array, ended: boolean): Uint8Array {
    const whole = this.begun + latin1(ended ? withoutBlanks(line) : line);
    this.begun = ended ? '' : (/=[0-9A-Fa-f]?$/.exec(whole.slice(-2))?.[0] ?? '');
    const text = whole.slice(0, whole.length - this.begun.length);
    const soft = ended && text.endsWith('=');
    const body = soft ? text.slice(0, -1) : text;
    const decoded = body.replace(/=([0-9A-Fa-f]{2})?/g, (match, hex: string | undefined) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      this.invalid();
      return match;
    });
    const bytes = Buffer.concat([this.pending, fromLatin1(decoded)]);
    this.pending = soft || !ended ? EMPTY : LINE_END;
    return bytes;
  }

  end(): Uint8Array {
    return fromLatin1(this.begun);
  }
}

/** Blanks at the end of a line do not belong to it (RFC 2045 6.7, rule 3). */
function withoutBlanks(line: Uint8Array): Uint8Array {
  let end = line.length;
  while (end > 0 && (line[end - 1] === SPACE || line[end - 1] === TAB)) end--;
  return line.subarray(0, end);
}

const SPACE = 0x20;
const TAB = 0x09;
