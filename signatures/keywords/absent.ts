/**
 * Keywords of Suricata whose prerequisites are missing (mostly an application protocol). Rules that use them are valid
 * but cannot be loaded yet; they are counted by reason. An existing keyword replaces the entry of its name here.
 */
import type { Keyword } from '../keyword.js';
import type { RuleBuilder } from '../rule-builder.js';
import type { Position } from '../signature.js';

interface AbsentNames {
  /** Sticky buffers. */
  readonly buffers?: string;
  /** Values and tests. */
  readonly values?: string;
}

const PROTOCOLS: Readonly<Record<string, AbsentNames>> = {
  llmnr: {
    buffers:
      'llmnr.queries.rrname llmnr.answers.rrname llmnr.authorities.rrname llmnr.additionals.rrname llmnr.response.rrname',
  },
  template: { buffers: 'template.buffer template_rust_buffer' },
};

/** Missing keywords of supported protocols. */
const OTHERS: Readonly<Record<string, AbsentNames>> = {
  http: { buffers: 'http2.header' },
  ftp: { buffers: 'ftp.dynamic_port_string', values: 'ftpdata.command' },
  'detection state': { values: 'flow.elephant tcp.session' },
};

function absent(
  name: string,
  reason: string,
  family: string,
  act: (rule: RuleBuilder, at: Position) => void,
): Keyword {
  return {
    name,
    family,
    summary: `Not supported yet: ${reason}`,
    grammar: 'anything',
    features: ['optional argument'],
    parse(rule, _, at) {
      rule.markUnsupported(reason);
      act(rule, at);
    },
  };
}

function* keywordsOf(
  group: string,
  names: AbsentNames,
  reason: (name: string) => string,
): Generator<Keyword> {
  const words = (text: string | undefined) => (text ? text.split(' ') : []);
  for (const name of words(names.buffers)) {
    yield absent(name, reason(name), group, (rule, at) => rule.setBuffer(name, at, { multiple: true }));
  }
  for (const name of words(names.values)) {
    yield absent(name, reason(name), group, rule => {
      // Counts as a condition, so that a preceding sticky buffer is not reported as unused.
      if (rule.sticky) rule.addToBuffer({ kind: 'unknown', keyword: name });
    });
  }
}

/** All absent keywords. */
export function absentKeywords(): Keyword[] {
  const list: Keyword[] = [];
  for (const [protocol, names] of Object.entries(PROTOCOLS)) {
    list.push(...keywordsOf(protocol, names, () => `protocol ${protocol} is not supported yet`));
  }
  for (const [group, names] of Object.entries(OTHERS)) {
    list.push(...keywordsOf(group, names, name => `keyword ${name} is not supported yet`));
  }
  return list;
}
