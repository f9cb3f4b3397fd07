/**
 * A signature under construction: what keywords add to, in the order of the rule. `finish` (see
 * `parser/finish.ts`) turns it into plain data.
 */
import type { BufferUnderConstruction, ContentUnderConstruction } from './buffer-builder.js';
import { type KeywordOwner, MeantProtocols } from './meant-protocols.js';
import type { RuleContext } from './rule-context.js';
import { RuleError } from './rule-error.js';
import type { Action, Match, Position, Signature } from './signature.js';

/** Buffer of conditions that name none: the payload of the packet, or the stream. */
export const PAYLOAD = 'payload';

/** How a sticky buffer behaves. */
export interface BufferChoice {
  /** Each use is inspected by itself, and may be met by another value. */
  readonly multiple?: boolean;
}

/** What the header says. */
export type Header = Pick<
  Signature,
  | 'action'
  | 'scope'
  | 'passToo'
  | 'firewall'
  | 'protocol'
  | 'hook'
  | 'source'
  | 'destination'
  | 'sourcePorts'
  | 'destinationPorts'
  | 'direction'
>;

export class RuleBuilder {
  gid = 1;
  sid = 0;
  rev = 0;
  msg = '';
  classtype: string | undefined;
  priority: number | undefined;
  target: 'src_ip' | 'dest_ip' | undefined;
  noalert = false;
  metadata: Record<string, readonly string[]> | undefined;
  readonly references: string[] = [];
  /** Conditions on packet, flow and state. */
  readonly conditions: Match[] = [];
  readonly buffers: BufferUnderConstruction[] = [];
  /** What is done when the rule matches. */
  readonly effects: Match[] = [];
  readonly thresholds: Match[] = [];
  /** Names set by byte_extract, byte_math and captures so far. */
  readonly variables = new Set<string>();
  /** Why it cannot be loaded yet, when it is correct but needs something that does not exist. */
  unsupported: string | undefined;
  /** Direction asked for by `flow:`. */
  flowDirection: 'to_server' | 'to_client' | undefined;
  /** Direction of the buffers that follow, in a transactional rule. */
  bufferDirection: 'to_server' | 'to_client' | undefined;
  /** What keywords remember between themselves, by keyword name: "given already", what was declared. */
  readonly notes = new Map<string, unknown>();

  private readonly meant: MeantProtocols;
  private current: BufferUnderConstruction | undefined;
  private inHand: Match | undefined;
  /** The buffer that got the last condition. */
  private extended: BufferUnderConstruction | undefined;
  private afterBase64 = false;

  constructor(
    readonly header: Header,
    readonly context: RuleContext,
    readonly at: Position,
  ) {
    this.meant = new MeantProtocols(header.protocol, context);
  }

  get action(): Action {
    return this.header.action;
  }

  /** Protocol as written in the header. */
  get protocol(): string {
    return this.header.protocol;
  }

  /** Adds a condition on packet, flow or state. */
  addCondition(match: Match): void {
    this.conditions.push(match);
    this.inHand = match;
  }

  /** Adds what is done when the rule matches. */
  addEffect(match: Match): void {
    this.effects.push(match);
  }

  /** Adds a condition on the buffer in hand: the sticky buffer, or the payload. */
  addToBuffer(match: Match): void {
    this.addTo(this.buffer(this.at), match);
  }

  /**
   * Adds a condition that may refer to the one before it: that stands in another buffer than the one in hand
   * when a modifier such as http_uri moved it there.
   */
  addToBufferBehind(match: Match, relative: boolean): void {
    const followed = relative && !this.sticky ? this.extended : undefined;
    this.addTo(followed ?? this.buffer(this.at), match);
  }

  private addTo(buffer: BufferUnderConstruction, match: Match): void {
    buffer.conditions.push(match);
    this.inHand = match;
    this.extended = buffer;
  }

  /** The buffer in hand; the payload when none was chosen. */
  buffer(at: Position): BufferUnderConstruction {
    this.current ??= this.bufferNamed(PAYLOAD, at, false);
    return this.current;
  }

  /** True when a sticky buffer was chosen (and not given up with `pkt_data`). */
  get sticky(): boolean {
    return this.current !== undefined && this.current.buffer !== PAYLOAD;
  }

  /** Makes `name` the sticky buffer for what follows. @throws RuleError when the last one was not used */
  setBuffer(name: string, at: Position, choice: BufferChoice = {}): void {
    if (this.afterBase64 && name !== PAYLOAD)
      throw new RuleError('after base64_data only pkt_data can change the buffer', at);
    this.requireUsed(at);
    this.current = this.bufferNamed(name, at, choice.multiple ?? false);
    this.afterBase64 = name === 'base64_data';
    this.inHand = undefined;
  }

  /** Transforms the buffer in hand for what follows. @throws RuleError without a sticky buffer */
  addTransform(match: Match, at: Position): void {
    const base = this.current;
    if (!base || base.buffer === PAYLOAD || base.buffer === 'base64_data') {
      throw new RuleError(`transform ${match.kind} must follow a sticky buffer`, at);
    }
    const transforms = [...base.transforms, match];
    if (base.conditions.length === 0) this.buffers.splice(this.buffers.indexOf(base), 1);
    this.inHand = undefined;
    this.current = { ...base, transforms, conditions: [], at };
    this.buffers.push(this.current);
  }

  /** Moves the last content of the payload to `name`: what modifiers such as http_uri do. @throws RuleError */
  moveContent(name: string, keyword: string, at: Position): void {
    if (this.sticky) throw new RuleError(`${keyword} cannot be used after a sticky buffer`, at);
    const payload = this.current?.conditions ?? [];
    const place = payload.findLastIndex(match => match.kind === 'content');
    const content = payload[place] as ContentUnderConstruction | undefined;
    if (!content) throw new RuleError(`${keyword} needs a preceding content`, at, `content:"…"; ${keyword};`);
    if (this.notes.get('rawbytes') === content)
      throw new RuleError(`${keyword} cannot be combined with rawbytes`, at);
    payload.splice(place, 1);
    this.noteOlderForm(name);
    this.extended = this.bufferNamed(name, at, false);
    this.extended.conditions.push(content);
    this.moved = content;
  }

  /** Adds a condition on another buffer than the one in hand, which stays. */
  addToBufferNamed(name: string, match: Match, at: Position): void {
    if (!this.context.buffers.has(name)) this.markUnsupported(`buffer ${name} is not supported yet`);
    this.addTo(this.bufferNamed(name, at, false), match);
    this.noteOlderForm(name);
  }

  private noteOlderForm(buffer: string): void {
    if (buffer.startsWith('http.')) this.notes.set('http1', true);
  }

  /** A content that a modifier moved away from the payload stays open to `nocase`, `fast_pattern` and the like. */
  private moved: ContentUnderConstruction | undefined;

  /** The content that modifiers refer to: the last one of the buffer in hand. */
  lastContent(): ContentUnderConstruction | undefined {
    const last = this.inHand;
    if (last?.kind === 'content') return last as ContentUnderConstruction;
    if (this.moved && !this.sticky) return this.moved;
    return this.current?.conditions.findLast(match => match.kind === 'content') as
      | ContentUnderConstruction
      | undefined;
  }

  /** The condition before `match` in the same buffer. */
  before(match: Match): Match | undefined {
    const buffer = this.buffers.find(each => each.conditions.includes(match));
    return buffer?.conditions[buffer.conditions.indexOf(match) - 1];
  }

  /** True when the buffer in hand has a condition that relative keywords can refer to. */
  hasMatchInBuffer(): boolean {
    const buffer = this.sticky ? this.current : (this.extended ?? this.current);
    return (buffer?.conditions.length ?? 0) > 0;
  }

  /** The last condition that was added, of whatever kind. */
  get last(): Match | undefined {
    return this.inHand;
  }

  /** Makes a name known that later keywords may use instead of a number. */
  declareVariable(name: string): void {
    this.variables.add(name);
  }

  /** @throws RuleError when no keyword before set `name` */
  requireVariable(name: string, keyword: string, at: Position): void {
    if (this.variables.has(name)) return;
    throw new RuleError(`Unknown byte_extract var seen in ${keyword} - ${name}`, at, this.suggestVariable());
  }

  private suggestVariable(): string | undefined {
    const known = [...this.variables];
    return known.length > 0
      ? `known here: ${known.join(', ')}`
      : 'set it first with byte_extract or byte_math';
  }

  /** Tells something that does not keep the rule from loading. */
  warn(message: string, at: Position, suggestion?: string): void {
    this.context.warn({ message, position: at, suggestion });
  }

  /** Marks the rule as correct but not loadable; the first reason is the one that counts. */
  markUnsupported(reason: string): void {
    this.unsupported ??= reason;
  }

  /** The protocol its keywords ask for, by the first of them; undefined while none did. */
  get keywordProtocol(): string | undefined {
    return this.meant.first;
  }

  /**
   * Tells which protocols a keyword belongs to.
   * @throws RuleError when the rule is about another one
   */
  useProtocol(owners: readonly KeywordOwner[], keyword: string, at: Position): void {
    this.meant.use(owners, keyword, at);
  }

  /** True the first time it is asked for `what`: keywords that may stand once only. */
  once(what: string): boolean {
    if (this.notes.has(what)) return false;
    this.notes.set(what, true);
    return true;
  }

  /** @throws RuleError when the sticky buffer in hand has no condition */
  requireUsed(at: Position): void {
    const current = this.current;
    if (!current || current.conditions.length > 0 || current.buffer === PAYLOAD) return;
    if (current.buffer.startsWith('http.uri') && this.asksUriLength()) return;
    throw new RuleError(
      `sticky buffer ${current.buffer} has no condition`,
      current.at ?? at,
      'add a content after it',
    );
  }

  /** `urilen` is a condition on the URI, whatever buffer is in hand. */
  private asksUriLength(): boolean {
    return this.conditions.some(match => match['keyword'] === 'urilen');
  }

  private bufferNamed(name: string, at: Position, multiple: boolean): BufferUnderConstruction {
    const direction = name === PAYLOAD ? undefined : this.bufferDirection;
    const known = multiple
      ? undefined
      : this.buffers.find(b => b.buffer === name && b.transforms.length === 0 && b.direction === direction);
    if (known) return known;
    const made: BufferUnderConstruction = { buffer: name, transforms: [], conditions: [], direction, at };
    this.buffers.push(made);
    return made;
  }
}
