/** The application protocols of a rule's keywords: they must be compatible with its header, and with each other. */
import type { Protocol } from '../engine/protocol.js';
import type { RuleContext } from './rule-context.js';
import { RuleError } from './rule-error.js';
import type { Position } from './signature.js';

/** Properties of a protocol to which a keyword belongs. */
export type KeywordOwner = Pick<Protocol, 'name' | 'ruleNames' | 'variantOf'>;

export class KeywordProtocols {
  /** Protocol of the first keyword that has one; undefined if none so far. */
  first: string | undefined;
  /** Protocols common to all keywords so far; undefined if there were none. */
  private common: readonly KeywordOwner[] | undefined;

  /** @param header protocol as written in the header */
  constructor(
    private readonly header: string,
    private readonly context: RuleContext,
  ) {}

  /**
   * Registers the protocols of a keyword.
   * @throws RuleError if the rule is for another one
   */
  addOwners(owners: readonly KeywordOwner[], keyword: string, at: Position): void {
    this.first ??= owners[0]!.name;
    const header = this.context.protocols.get(this.header);
    if (header?.kind !== 'application') {
      this.requireCommon(owners, keyword, at);
      return;
    }
    if (owners.some(owner => isCompatible(header.name, owner))) return;
    if (keyword.startsWith('file'))
      throw new RuleError(`protocol ${header.name} doesn't support file matching (${keyword})`, at);
    throw new RuleError(
      `the protocol of the rule is ${header.name}, but keyword ${keyword} is for ${owners[0]!.name}`,
      at,
    );
  }

  /** If the header names no application protocol, all keywords must have one in common. */
  private requireCommon(owners: readonly KeywordOwner[], keyword: string, at: Position): void {
    const before = this.common;
    const common = owners.filter(
      owner =>
        owner.variantOf === undefined && (before?.some(({ name }) => isCompatible(name, owner)) ?? true),
    );
    if (common.length === 0)
      throw new RuleError(
        `can't set rule app proto to ${owners[0]!.name} (${keyword}): already set to ${before![0]!.name}`,
        at,
      );
    this.common = common;
  }
}

/** Protocols whose keywords may occur in the same rule: one is carried in the other. */
const RELATED: readonly (readonly string[])[] = [
  ['http', 'http1', 'http2', 'doh2', 'websocket'],
  ['dns', 'doh2'],
  ['smb', 'dcerpc'],
  ['tls', 'quic'],
  ['smtp', 'mime'],
];

/** Whether a rule for `header` may use keywords of the protocol; those of a variant require a rule for it. */
function isCompatible(header: string, { name, ruleNames, variantOf }: KeywordOwner): boolean {
  if (name === header) return true;
  return variantOf === undefined && (ruleNames?.includes(header) || related(header, name));
}

function related(a: string, b: string): boolean {
  return RELATED.some(group => group.includes(a) && group.includes(b));
}
