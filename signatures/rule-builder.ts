/**
 * A signature under construction: keywords add to it in rule order. `finish` (see `parser/finish.ts`) converts it to
 * plain data.
 */
import type { BufferUnderConstruction, ContentUnderConstruction } from './buffer-builder.js';
import { type KeywordOwner, KeywordProtocols } from './keyword-protocols.js';
import type { RuleContext } from './rule-context.js';
import { RuleError } from './rule-error.js';
import type { Action, Match, Position, Signature } from './signature.js';

/** Buffer of conditions without an explicit one: the payload of the packet, or the stream. */
export const PAYLOAD = 'payload';

/** Behaviour of a sticky buffer. */
export interface BufferChoice {
  /** Each use is inspected separately, and may match a different value. */
  readonly multiple?: boolean;
}

/** Fields of the rule header. */
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
  /** Effects when the rule matches. */
  readonly effects: Match[] = [];
  readonly thresholds: Match[] = [];
  /** Names defined by byte_extract, byte_math and captures so far. */
  readonly variables = new Set<string>();
  /** Why it cannot be loaded yet, if it is valid but needs something missing. */
  unsupported: string | undefined;
  /** Direction required by `flow:`. */
  flowDirection: 'to_server' | 'to_client' | undefined;
  /** Direction of subsequent buffers, in a transactional rule. */
  bufferDirection: 'to_server' | 'to_client' | undefined;
  /** State shared between keywords, by keyword name: "already given", declarations. */
  readonly notes = new Map<string, unknown>();

  private readonly keywordProtocols: KeywordProtocols;
  private current: BufferUnderConstruction | undefined;
  private lastCondition: Match | undefined;
  /** The buffer that received the last condition. */
  private lastBuffer: BufferUnderConstruction | undefined;
  private afterBase64 = false;

  constructor(
    readonly header: Header,
    readonly context: RuleContext,
    readonly at: Position,
  ) {
    this.keywordProtocols = new KeywordProtocols(header.protocol, context);
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
    this.lastCondition = match;
  }

  /** Adds an effect of a match. */
  addEffect(match: Match): void {
    this.effects.push(match);
  }

  /** Adds a condition on the current buffer: the sticky buffer, or the payload. */
  addToBuffer(match: Match): void {
    this.addTo(this.buffer(this.at), match);
  }

  /**
   * Adds a condition that may refer to the previous one, which is in another buffer than the current one if a modifier
   * such as http_uri moved it there.
   */
  addAfterPrevious(match: Match, relative: boolean): void {
    const followed = relative && !this.sticky ? this.lastBuffer : undefined;
    this.addTo(followed ?? this.buffer(this.at), match);
  }

  private addTo(buffer: BufferUnderConstruction, match: Match): void {
    buffer.conditions.push(match);
    this.lastCondition = match;
    this.lastBuffer = buffer;
  }

  /** The current buffer; the payload if none was selected. */
  buffer(at: Position): BufferUnderConstruction {
    this.current ??= this.bufferNamed(PAYLOAD, at, false);
    return this.current;
  }

  /** True if a sticky buffer is selected (and not reset with `pkt_data`). */
  get sticky(): boolean {
    return this.current !== undefined && this.current.buffer !== PAYLOAD;
  }

  /** Makes `name` the sticky buffer for subsequent conditions. @throws RuleError if the previous one was not used */
  setBuffer(name: string, at: Position, choice: BufferChoice = {}): void {
    if (this.afterBase64 && name !== PAYLOAD)
      throw new RuleError('after base64_data only pkt_data can change the buffer', at);
    this.requireUsed(at);
    this.current = this.bufferNamed(name, at, choice.multiple ?? false);
    this.afterBase64 = name === 'base64_data';
    this.lastCondition = undefined;
  }

  /** Transforms the current buffer for subsequent conditions. @throws RuleError without a sticky buffer */
  addTransform(match: Match, at: Position): void {
    const base = this.current;
    if (!base || base.buffer === PAYLOAD || base.buffer === 'base64_data') {
      throw new RuleError(`transform ${match.kind} must follow a sticky buffer`, at);
    }
    const transforms = [...base.transforms, match];
    if (base.conditions.length === 0) this.buffers.splice(this.buffers.indexOf(base), 1);
    this.lastCondition = undefined;
    this.current = { ...base, transforms, conditions: [], at };
    this.buffers.push(this.current);
  }

  /** Moves the last payload content to `name`, for modifiers such as http_uri. @throws RuleError */
  moveContent(name: string, keyword: string, at: Position): void {
    if (this.sticky) throw new RuleError(`${keyword} cannot be used after a sticky buffer`, at);
    const payload = this.current?.conditions ?? [];
    const place = payload.findLastIndex(match => match.kind === 'content');
    const content = payload[place] as ContentUnderConstruction | undefined;
    if (!content) throw new RuleError(`${keyword} needs a preceding content`, at, `content:"…"; ${keyword};`);
    if (this.notes.get('rawbytes') === content)
      throw new RuleError(`${keyword} cannot be combined with rawbytes`, at);
    payload.splice(place, 1);
    this.markHttp1Only(name);
    this.lastBuffer = this.bufferNamed(name, at, false);
    this.lastBuffer.conditions.push(content);
    this.moved = content;
  }

  /** Adds a condition on another buffer; the current one stays selected. */
  addToBufferNamed(name: string, match: Match, at: Position): void {
    if (!this.context.buffers.has(name)) this.markUnsupported(`buffer ${name} is not supported yet`);
    this.addTo(this.bufferNamed(name, at, false), match);
    this.markHttp1Only(name);
  }

  private markHttp1Only(buffer: string): void {
    if (buffer.startsWith('http.')) this.notes.set('http1', true);
  }

  /** A content that a modifier moved out of the payload still accepts `nocase`, `fast_pattern` and the like. */
  private moved: ContentUnderConstruction | undefined;

  /** The content that modifiers refer to: the last one of the current buffer. */
  lastContent(): ContentUnderConstruction | undefined {
    const last = this.lastCondition;
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

  /** True if the current buffer has a condition that relative keywords can refer to. */
  hasMatchInBuffer(): boolean {
    const buffer = this.sticky ? this.current : (this.lastBuffer ?? this.current);
    return (buffer?.conditions.length ?? 0) > 0;
  }

  /** The last condition added, of any kind. */
  get last(): Match | undefined {
    return this.lastCondition;
  }

  /** Declares a name that later keywords may use instead of a number. */
  declareVariable(name: string): void {
    this.variables.add(name);
  }

  /** @throws RuleError if no earlier keyword defined `name` */
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

  /** Reports a problem that does not prevent the rule from loading. */
  warn(message: string, at: Position, suggestion?: string): void {
    this.context.warn({ message, position: at, suggestion });
  }

  /** Reports a name that is defined nowhere, without preventing the rule from loading. */
  warnMissingName(message: string, at: Position, suggestion?: string): void {
    this.context.warn({ message, position: at, suggestion, isMissingName: true });
  }

  /** Marks the rule as valid but not loadable; the first reason is kept. */
  markUnsupported(reason: string): void {
    this.unsupported ??= reason;
  }

  /** The protocol of the first keyword that belongs to one; undefined if none so far. */
  get keywordProtocol(): string | undefined {
    return this.keywordProtocols.first;
  }

  /**
   * Registers the protocols to which a keyword belongs.
   * @throws RuleError if the rule is for another one
   */
  useProtocol(owners: readonly KeywordOwner[], keyword: string, at: Position): void {
    this.keywordProtocols.addOwners(owners, keyword, at);
  }

  /** True the first time it is called for `what`: for keywords that are allowed only once. */
  once(what: string): boolean {
    if (this.notes.has(what)) return false;
    this.notes.set(what, true);
    return true;
  }

  /** @throws RuleError if the current sticky buffer has no condition */
  requireUsed(at: Position): void {
    const current = this.current;
    if (!current || current.conditions.length > 0 || current.buffer === PAYLOAD) return;
    if (current.buffer.startsWith('http.uri') && this.hasUriLength()) return;
    throw new RuleError(
      `sticky buffer ${current.buffer} has no condition`,
      current.at ?? at,
      'add a content after it',
    );
  }

  /** `urilen` is a condition on the URI, regardless of the current buffer. */
  private hasUriLength(): boolean {
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
