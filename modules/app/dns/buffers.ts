/** Names of messages as sticky buffers. */
import type { BufferDeclaration } from '../../../engine/protocol.js';
import type { DnsTransaction } from './exchange.js';
import type { Message } from './message.js';

type Buffer_ = BufferDeclaration<DnsTransaction>;

/** A buffer with several values. @param at returns the name with a number, undefined after the last one */
export function names(
  keyword: string,
  summary: string,
  direction: Buffer_['direction'],
  at: (message: Message, index: number) => Uint8Array | undefined,
  more: Partial<Buffer_> = {},
): Buffer_ {
  return {
    keyword,
    summary,
    direction,
    progress: 1,
    multiple: true,
    get: ({ message }, _, index) => at(message, index),
    ...more,
  };
}

export const questionName = (message: Message, index: number) => message.questions[index]?.name;
export const answerName = (message: Message, index: number) => message.answers[index]?.name;

/** The names of each section. @param prefix `dns` or `mdns`  @param responses direction of responses */
export function sectionNames(prefix: string, responses: Buffer_['direction']): Buffer_[] {
  return [
    names(`${prefix}.queries.rrname`, 'Name in the question section.', 'either', questionName),
    names(`${prefix}.answers.rrname`, 'Name in the answer section.', responses, answerName),
    names(
      `${prefix}.authorities.rrname`,
      'Name in the authority section.',
      responses,
      (message, index) => message.authorities[index]?.name,
    ),
    names(
      `${prefix}.additionals.rrname`,
      'Name in the additional section.',
      'either',
      (message, index) => message.additionals[index]?.name,
    ),
    names(
      `${prefix}.response.rrname`,
      'Any name in a response, including names in record data.',
      responses,
      (message, index) => (message.response ? message.allNames[index] : undefined),
    ),
  ];
}
