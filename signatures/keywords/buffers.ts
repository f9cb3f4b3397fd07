/** Sticky buffers that belong to no protocol: pkt_data, base64_data. */
import type { Keyword } from '../keyword.js';
import { PAYLOAD } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';

const pktData: Keyword = {
  name: 'pkt_data',
  family: 'payload',
  summary: 'Makes the payload the buffer again.',
  grammar: '',
  features: ['no option', 'sticky buffer'],
  parse: (rule, _, at) => rule.setBuffer(PAYLOAD, at),
};

const base64Data: Keyword = {
  name: 'base64_data',
  family: 'payload',
  summary: 'What base64_decode gave.',
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

export const bufferKeywords: readonly Keyword[] = [pktData, base64Data];
