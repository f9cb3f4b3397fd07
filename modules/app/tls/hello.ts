/** ClientHello and ServerHello (RFC 8446 4.1.2, 4.1.3; RFC 5246 7.4.1), with the extensions that are inspected. */
import { Cursor } from './cursor.js';
import { TLS13 } from './version.js';

export interface Hello {
  /** As in the message, before supported_versions is evaluated. */
  readonly legacyVersion: number;
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  /** All offered ciphers; in a ServerHello, only the selected one. */
  readonly ciphers: readonly number[];
  readonly extensions: readonly number[];
  readonly serverName: Uint8Array | undefined;
  readonly alpn: readonly Uint8Array[];
  readonly versions: readonly number[];
  readonly groups: readonly number[];
  readonly pointFormats: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  readonly hasTicket: boolean;
}

export type HelloProblem =
  | 'handshake_invalid_length'
  | 'multiple_sni_extensions'
  | 'invalid_sni_type'
  | 'invalid_sni_length'
  | 'invalid_handshake_message';

const SERVER_NAME = 0;
const SUPPORTED_GROUPS = 10;
const POINT_FORMATS = 11;
const SIGNATURE_ALGORITHMS = 13;
const ALPN = 16;
const SESSION_TICKET = 35;
const SUPPORTED_VERSIONS = 43;

/** Maximum application protocols kept per hello: each takes a hundred times as much memory as on the wire. */
const MAX_PROTOCOLS = 1000;

/** Values that clients insert to keep servers tolerant of unknown ones (RFC 8701). */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff);
}

/**
 * Up to draft 21 of TLS 1.3, a ServerHello had neither a session id nor a compression method. A legacy version of TLS
 * 1.3 also indicates such a draft: since then it is TLS 1.2 (RFC 8446 4.1.3).
 */
function isShortDraft(version: number): boolean {
  return version === TLS13 || (version >> 8 === 0x7f && (version & 0xff) < 22);
}

/** @returns undefined if the message is truncated before its extensions */
export function parseHello(
  body: Uint8Array,
  client: boolean,
  report: (problem: HelloProblem) => void,
): Hello | undefined {
  const cursor = new Cursor(body, 0, body.length);
  const legacyVersion = cursor.uint16();
  const random = cursor.take(32).slice();
  const short = !client && isShortDraft(legacyVersion);
  const sessionId = cursor.take(short ? 0 : cursor.uint8()).slice();
  const ciphers = client ? cursor.part(cursor.uint16()).uint16List() : [cursor.uint16()];
  if (!short) cursor.take(client ? cursor.uint8() : 1);
  if (cursor.failed) {
    report('handshake_invalid_length');
    return undefined;
  }
  const found = new Extensions(client, report);
  if (cursor.left >= 2) {
    const length = cursor.uint16();
    if (length > cursor.left) report('handshake_invalid_length');
    found.read(cursor.part(Math.min(length, cursor.left)));
  }
  return { legacyVersion, random, sessionId, ciphers, ...found.result };
}

class Extensions {
  readonly result = {
    extensions: [] as number[],
    serverName: undefined as Uint8Array | undefined,
    alpn: [] as Uint8Array[],
    versions: [] as number[],
    groups: [] as number[],
    pointFormats: [] as number[],
    signatureAlgorithms: [] as number[],
    hasTicket: false,
  };

  constructor(
    private readonly client: boolean,
    private readonly report: (problem: HelloProblem) => void,
  ) {}

  read(cursor: Cursor): void {
    while (cursor.left >= 4) {
      const type = cursor.uint16();
      const length = cursor.uint16();
      if (length > cursor.left) {
        this.report('handshake_invalid_length');
        return;
      }
      this.result.extensions.push(type);
      this.extension(type, cursor.part(length));
    }
  }

  private extension(type: number, body: Cursor): void {
    const { result } = this;
    switch (type) {
      case SERVER_NAME:
        this.serverName(body);
        break;
      case SUPPORTED_GROUPS:
        result.groups = body.part(body.uint16()).uint16List();
        break;
      case POINT_FORMATS:
        result.pointFormats = [...body.take(body.uint8())];
        break;
      case SIGNATURE_ALGORITHMS:
        result.signatureAlgorithms = body.part(body.uint16()).uint16List();
        break;
      case ALPN:
        this.protocols(body.part(body.uint16()));
        break;
      case SUPPORTED_VERSIONS:
        result.versions = this.client ? body.part(body.uint8()).uint16List() : body.uint16List();
        break;
      case SESSION_TICKET:
        result.hasTicket = body.left > 0;
        break;
    }
  }

  /** RFC 6066 3. A server's is empty. */
  private serverName(body: Cursor): void {
    if (!this.client || body.left === 0) return;
    if (this.result.serverName) {
      this.report('multiple_sni_extensions');
      return;
    }
    body.uint16();
    if (body.uint8() !== 0) {
      this.report('invalid_sni_type');
      return;
    }
    const length = body.uint16();
    if (length > body.left || body.failed) {
      this.report('invalid_sni_length');
      return;
    }
    this.result.serverName = body.take(length).slice();
  }

  /** RFC 7301 3.1: none of them may be empty. */
  private protocols(list: Cursor): void {
    const { alpn } = this.result;
    while (list.left > 0 && alpn.length < MAX_PROTOCOLS) {
      const protocol = list.take(list.uint8());
      if (protocol.length === 0) return;
      alpn.push(protocol.slice());
    }
  }
}
