/**
 * Iterates over the members of an event's payload, which is JSON without the outer braces, created by the engine's own
 * modules: `"http":{…},"metadata":{…}`. Bytes that do not have this form end the iteration.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

const UNKNOWN = -1;

/** One member: its name without quotes is `bytes[nameStart, nameEnd)`, its value `bytes[valueStart, valueEnd)`. */
export class Members {
  nameStart = 0;
  nameEnd = 0;
  valueStart = 0;
  /** UNKNOWN until requested: a caller that only needs the first name does not scan the whole record. */
  private knownEnd = UNKNOWN;
  /** Upper bound of the iteration. */
  end = 0;

  constructor(private bytes: Uint8Array) {}

  /** Starts iterating over `bytes[start, end)`. */
  ended(bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes;
    this.valueStart = start;
    this.knownEnd = start;
    this.end = end;
    return this;
  }

  get valueEnd(): number {
    if (this.knownEnd === UNKNOWN) this.knownEnd = valueEnd(this.bytes, this.valueStart, this.end);
    return this.knownEnd;
  }

  /** Goes to the next member. @returns false when there is none */
  next(): boolean {
    const { bytes, end } = this;
    let at = this.valueEnd;
    if (at < end && bytes[at] === COMMA) at++;
    if (at >= end || bytes[at] !== QUOTE) return false;
    const behindName = textEnd(bytes, at, end);
    if (behindName + 1 >= end || bytes[behindName] !== COLON || bytes[behindName + 1] === COMMA) return false;
    this.nameStart = at + 1;
    this.nameEnd = behindName - 1;
    this.valueStart = behindName + 1;
    this.knownEnd = UNKNOWN;
    return true;
  }

  /** Start of the member, including its name. */
  get start(): number {
    return this.nameStart - 1;
  }

  isNamed(name: Uint8Array): boolean {
    if (this.nameEnd - this.nameStart !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.bytes[this.nameStart + i] !== name[i]) return false;
    return true;
  }

  /** Its name as text: allocates. */
  get name(): string {
    return String.fromCharCode(...this.bytes.subarray(this.nameStart, this.nameEnd));
  }
}

/** Position after the text whose opening quote is at `at`. */
function textEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let i = at + 1; i < end; i++) {
    if (bytes[i] === BACKSLASH) i++;
    else if (bytes[i] === QUOTE) return i + 1;
  }
  return end;
}

/**
 * Position after the value that begins at `at`: the next comma, or the end of the enclosing object, outside of texts.
 */
function valueEnd(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  for (let i = at; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) i = textEnd(bytes, i, end) - 1;
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --depth < 0) return i;
    else if (byte === COMMA && depth === 0) return i;
  }
  return end;
}
