/** Sticky buffers that do not belong to a protocol: pkt_data, base64_data. */
import type { Keyword } from '../keyword.js';
import { PAYLOAD } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';

const pktData: Keyword = {
  name: 'pkt_data',
  family: 'payload',
  summary: 'Selects the payload as the buffer again.',
  grammar: '',
  features: ['no option', 'sticky buffer'],
  parse: (rule, _, at) => rule.setBuffer(PAYLOAD, at),
};

const base64Data: Keyword = {
  name: 'base64_data',
  family: 'payload',
  summary: 'Data decoded by base64_decode.',
  grammar: '',
  features: ['no option', 'sticky buffer'],
  parse(rule, _, at) {
    if (!rule.notes.has('base64_decode')) {
      throw new RuleError(
        'base64_data needs a preceding base64_decode',
        at,
        'base64_decode:relative; base64_data;',
      );
    }
    rule.setBuffer('base64_data', at);
  },
};

/** In a transactional rule: the direction of subsequent ambiguous buffers. */
function bidirectional(name: string, direction: 'to_server' | 'to_client'): Keyword {
  return {
    name,
    family: 'tx',
    summary: `In a rule with =>, the following buffers are those ${direction.replace('to_', 'to the ')}.`,
    grammar: '',
    features: ['no option'],
    parse(rule, _, at) {
      if (rule.header.direction !== '=>')
        throw new RuleError(`${name} is only for transactional rules`, at, 'use =>');
      rule.bufferDirection = direction;
    },
  };
}

export const bufferKeywords: readonly Keyword[] = [
  pktData,
  base64Data,
  bidirectional('bidir.toserver', 'to_server'),
  bidirectional('bidir.toclient', 'to_client'),
];
