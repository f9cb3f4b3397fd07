/**
 * Keywords of Suricata that need something that is not there (an application protocol, mostly). Rules with them
 * are correct but cannot be loaded yet; each is counted with its reason. A keyword that exists replaces the entry
 * of its name here.
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

/** What is not there of protocols that are. */
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
      // A condition like any other: a sticky buffer before it may be used by it.
      if (rule.sticky) rule.addToBuffer({ kind: 'unknown', keyword: name });
    });
  }
}

/** All of them. */
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
