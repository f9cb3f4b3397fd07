/** Evaluates rules with state, one packet and one rule after the other. */

export type Action = 'pass' | 'drop' | 'alert';
export type Tracking = 'ip_src' | 'ip_dst' | 'ip_pair';

export type StateOption =
  | { readonly kind: 'flowbits'; readonly command: BitCommand; readonly names: readonly string[] }
  | {
      readonly kind: 'flowint';
      readonly name: string;
      readonly operator: '+' | '-' | '=' | '<' | '<=' | '>' | '>=' | '==' | '!=' | 'isset' | 'notset';
      readonly value: number | string;
    }
  | {
      readonly kind: 'xbits' | 'hostbits';
      readonly command: BitCommand;
      readonly name: string;
      readonly track: Tracking;
      readonly expire: number;
    };

export type BitCommand = 'set' | 'unset' | 'toggle' | 'isset' | 'isnotset';

export interface Threshold {
  readonly type: 'limit' | 'threshold' | 'both' | 'detection_filter';
  readonly track: 'by_src' | 'by_dst' | 'by_both' | 'by_rule' | 'by_flow';
  readonly count: number;
  readonly seconds: number;
}

export interface StateRule {
  readonly sid: number;
  readonly action: Action;
  readonly priority: number;
  /** The payload contains it. */
  readonly word: string;
  readonly options: readonly StateOption[];
  readonly threshold?: Threshold;
  readonly noalert: boolean;
}

export interface Moment {
  readonly payload: string;
  readonly flow: number;
  readonly source: number;
  readonly destination: number;
  /** In half seconds. */
  readonly time: number;
}

export interface Expectation {
  readonly sids: readonly number[];
  readonly dropped: boolean;
}

export class StateOracle {
  private readonly bits = new Set<string>();
  private readonly integers = new Map<string, number>();
  /** The last second in which an xbit is set. */
  private readonly shared = new Map<string, number>();
  private readonly counts = new Map<string, { since: number; count: number }>();
  private readonly rules: readonly StateRule[];

  constructor(rules: readonly StateRule[]) {
    this.rules = rules.toSorted(
      (a, b) =>
        ACTIONS.indexOf(a.action) - ACTIONS.indexOf(b.action) ||
        useOf(a, 'flowbits') - useOf(b, 'flowbits') ||
        useOf(a, 'flowint') - useOf(b, 'flowint') ||
        useOf(a, 'hostbits') - useOf(b, 'hostbits') ||
        useOf(a, 'xbits') - useOf(b, 'xbits') ||
        a.priority - b.priority ||
        a.sid - b.sid,
    );
  }

  see(packet: Moment): Expectation {
    const matching: StateRule[] = [];
    for (const rule of this.rules) {
      const asks = rule.options.filter(isQuestion);
      if (!packet.payload.includes(rule.word) || !asks.every(each => this.holds(each, packet))) continue;
      for (const each of rule.options) if (!isQuestion(each)) this.change(each, packet);
      matching.push(rule);
    }
    return this.judge(matching, packet);
  }

  /** A pass ends the evaluation of the packet. */
  private judge(matching: readonly StateRule[], packet: Moment): Expectation {
    const sids: number[] = [];
    let dropped = false;
    for (const rule of matching) {
      const limit = rule.threshold ? this.count(rule.sid, rule.threshold, packet) : 'alert';
      if (limit === 'nothing') continue;
      if (rule.action === 'pass') break;
      if (rule.action === 'drop') dropped = true;
      if (limit === 'alert' && !rule.noalert) sids.push(rule.sid);
    }
    return { sids, dropped };
  }

  private holds(each: StateOption, packet: Moment): boolean {
    switch (each.kind) {
      case 'flowbits': {
        const set = each.names.some(name => this.bits.has(`${packet.flow} ${name}`));
        return set === (each.command === 'isset');
      }
      case 'flowint':
        return this.integerHolds(
          each.operator,
          this.integer(each.name, packet),
          this.operand(each.value, packet),
        );
      default:
        return this.isShared(keyOf(each, packet), packet) === (each.command === 'isset');
    }
  }

  private integerHolds(operator: string, a: number | undefined, b: number | undefined): boolean {
    if (operator === 'isset') return a !== undefined;
    if (operator === 'notset') return a === undefined;
    if (a === undefined || b === undefined) return false;
    switch (operator) {
      case '<':
        return a < b;
      case '<=':
        return a <= b;
      case '>':
        return a > b;
      case '>=':
        return a >= b;
      case '==':
        return a === b;
      default:
        return a !== b;
    }
  }

  private change(each: StateOption, packet: Moment): void {
    if (each.kind === 'flowint') {
      const before = this.integer(each.name, packet) ?? 0;
      const value = this.operand(each.value, packet);
      if (value === undefined) return;
      const after = each.operator === '=' ? value : each.operator === '+' ? before + value : before - value;
      this.integers.set(`${packet.flow} ${each.name}`, Math.max(0, after));
      return;
    }
    if (each.kind === 'flowbits') {
      const key = `${packet.flow} ${each.names[0]}`;
      const wanted = each.command === 'set' || (each.command === 'toggle' && !this.bits.has(key));
      if (wanted) this.bits.add(key);
      else this.bits.delete(key);
      return;
    }
    const key = keyOf(each, packet);
    const wanted = each.command === 'set' || (each.command === 'toggle' && !this.isShared(key, packet));
    if (wanted) this.shared.set(key, secondOf(packet) + each.expire);
    else this.shared.delete(key);
  }

  private integer(name: string, { flow }: Moment): number | undefined {
    return this.integers.get(`${flow} ${name}`);
  }

  private operand(value: number | string, packet: Moment): number | undefined {
    return typeof value === 'number' ? value : this.integer(value, packet);
  }

  private isShared(key: string, packet: Moment): boolean {
    return (this.shared.get(key) ?? -1) >= secondOf(packet);
  }

  private count(
    sid: number,
    { type, track, count, seconds }: Threshold,
    packet: Moment,
  ): 'alert' | 'action' | 'nothing' {
    const key = `${sid} ${trackedBy(track, packet)}`;
    let entry = this.counts.get(key);
    if (!entry || packet.time - entry.since > 2 * seconds) {
      entry = { since: packet.time, count: 0 };
      this.counts.set(key, entry);
    }
    entry.count++;
    if (type === 'limit') return entry.count <= count ? 'alert' : 'action';
    if (type === 'detection_filter') return entry.count > count ? 'alert' : 'nothing';
    if (type === 'both') return entry.count < count ? 'nothing' : entry.count === count ? 'alert' : 'action';
    if (entry.count < count) return 'nothing';
    entry.count = 0;
    return 'alert';
  }
}

const secondOf = ({ time }: Moment) => Math.floor(time / 2);

const ACTIONS: readonly Action[] = ['pass', 'drop', 'alert'];
const QUESTIONS = ['isset', 'isnotset', 'notset', '<', '<=', '>', '>=', '==', '!='];

export const isQuestion = (each: StateOption): boolean =>
  QUESTIONS.includes(each.kind === 'flowint' ? each.operator : each.command);

/** Rules that set come before those that set and test, then those that test, then the others. */
function useOf({ options }: StateRule, kind: StateOption['kind']): number {
  const own = options.filter(each => each.kind === kind);
  const asks = own.some(isQuestion);
  const sets = own.some(each => !isQuestion(each));
  return sets ? (asks ? 1 : 0) : asks ? 2 : 3;
}

function keyOf(each: StateOption & { kind: 'xbits' | 'hostbits' }, { source, destination }: Moment): string {
  const of = { ip_src: source, ip_dst: destination, ip_pair: [source, destination].toSorted().join() };
  // State of a host is the same whether it sends or receives.
  const range = each.track === 'ip_pair' ? 'pair' : 'host';
  return `${each.kind} ${each.name} ${range} ${of[each.track]}`;
}

function trackedBy(track: Threshold['track'], { source, destination, flow }: Moment): string {
  switch (track) {
    case 'by_src':
      return `${source}`;
    case 'by_dst':
      return `${destination}`;
    case 'by_both':
      return [source, destination].toSorted().join();
    case 'by_flow':
      return `${flow}`;
    case 'by_rule':
      return '';
  }
}
