/** Transfer encodings of MIME (RFC 2045 6), line by line. */
import { fromLatin1, latin1 } from '../http/bytes.js';

/** Decodes the lines of one body. */
export interface TransferDecoder {
  /**
   * @param line without its end, or a piece of one
   * @param ended false where the rest of the line is to come
   * @returns bytes that are there now
   */
  line(line: Uint8Array, ended: boolean): Uint8Array;
  /** What is left at the end. */
  end(): Uint8Array;
}

const EMPTY = new Uint8Array(0);
const LINE_END = fromLatin1('\r\n');

/** @param invalid called for what cannot be decoded */
export function transferDecoder(encoding: string, invalid: (kind: 'base64' | 'qp') => void): TransferDecoder {
  if (encoding === 'base64') return new Base64(() => invalid('base64'));
  if (encoding === 'quoted-printable') return new QuotedPrintable(() => invalid('qp'));
  return new Lines();
}

/** As they are; the line end before a boundary belongs to the boundary. */
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

class Base64 implements TransferDecoder {
  private left = '';

  constructor(private readonly invalid: () => void) {}

  line(line: Uint8Array): Uint8Array {
    const text = latin1(line);
    const clean = text.replace(/[^A-Za-z0-9+/]/g, '');
    if (clean.length !== text.replace(/[\s=]/g, '').length) this.invalid();
    this.left += clean;
    const whole = this.left.length - (this.left.length % 4);
    const bytes = Buffer.from(this.left.slice(0, whole), 'base64');
    this.left = this.left.slice(whole);
    return bytes;
  }

  end(): Uint8Array {
    const bytes = Buffer.from(this.left, 'base64');
    this.left = '';
    return bytes;
  }
}

class QuotedPrintable implements TransferDecoder {
  /** The last line ends here, unless a soft end follows. */
  private pending: Uint8Array = EMPTY;

  constructor(private readonly invalid: () => void) {}

  line(line: Uint8Array, ended: boolean): Uint8Array {
    const text = ended ? latin1(line).replace(/[ \t]+$/, '') : latin1(line);
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
    return EMPTY;
  }
}
