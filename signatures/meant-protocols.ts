/** Which application protocols the keywords of a rule are about: they must fit its header, and each other. */
import type { Protocol } from '../engine/protocol.js';
import type { RuleContext } from './rule-context.js';
import { RuleError } from './rule-error.js';
import type { Position } from './signature.js';

/** What must be known of a protocol that a keyword belongs to. */
export type KeywordOwner = Pick<Protocol, 'name' | 'ruleNames' | 'variantOf'>;

export class MeantProtocols {
  /** The one that keywords ask for, by the first of them; undefined while none did. */
  first: string | undefined;
  /** Those that all keywords so far belong to; undefined while there were none. */
  private common: readonly KeywordOwner[] | undefined;

  /** @param header protocol as written in the header */
  constructor(
    private readonly header: string,
    private readonly context: RuleContext,
  ) {}

  /**
   * Tells which protocols a keyword belongs to.
   * @throws RuleError when the rule is about another one
   */
  use(owners: readonly KeywordOwner[], keyword: string, at: Position): void {
    this.first ??= owners[0]!.name;
    const header = this.context.protocols.get(this.header);
    if (header?.kind !== 'application') {
      this.requireCommon(owners, keyword, at);
      return;
    }
    if (owners.some(owner => fits(header.name, owner))) return;
    if (keyword.startsWith('file'))
      throw new RuleError(`protocol ${header.name} doesn't support file matching (${keyword})`, at);
    throw new RuleError(
      `the protocol of the rule is ${header.name}, but keyword ${keyword} is for ${owners[0]!.name}`,
      at,
    );
  }

  /** Keywords of a rule about no application protocol must have one in common. */
  private requireCommon(owners: readonly KeywordOwner[], keyword: string, at: Position): void {
    const meant = this.common;
    const common = owners.filter(
      owner => owner.variantOf === undefined && (meant?.some(({ name }) => fits(name, owner)) ?? true),
    );
    if (common.length === 0)
      throw new RuleError(
        `can't set rule app proto to ${owners[0]!.name} (${keyword}): already set to ${meant![0]!.name}`,
        at,
      );
    this.common = common;
  }
}

/** Protocols whose keywords may meet in a rule: one travels in the other. */
const RELATED: readonly (readonly string[])[] = [
  ['http', 'http1', 'http2', 'doh2', 'websocket'],
  ['dns', 'doh2'],
  ['smb', 'dcerpc'],
  ['tls', 'quic'],
  ['smtp', 'mime'],
];

/** Whether a rule about `header` may use keywords of the protocol; those of a variant are for rules about it. */
function fits(header: string, { name, ruleNames, variantOf }: KeywordOwner): boolean {
  if (name === header) return true;
  return variantOf === undefined && (ruleNames?.includes(header) || related(header, name));
}

function related(a: string, b: string): boolean {
  return RELATED.some(group => group.includes(a) && group.includes(b));
}
