/** Keywords of DNP3: each message is inspected in the direction it was sent. */
import type { BufferDeclaration, TestDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import { INDICATIONS } from './indications.js';
import { COMPLETE, type Dnp3Transaction } from './transaction.js';

const AT = { direction: 'either', progress: COMPLETE } as const;
/** Function codes from 0 on, and those of responses. */
const REQUESTS =
  'confirm read write select operate direct_operate direct_operate_nr immed_freeze immed_freeze_nr freeze_clear ' +
  'freeze_clear_nr freeze_at_time freeze_at_time_nr cold_restart warm_restart initialize_data initialize_appl ' +
  'start_appl stop_appl save_config enable_unsolicited disable_unsolicited assign_class delay_measure ' +
  'record_current_time open_file close_file delete_file get_file_info authenticate_file abort_file activate_config ' +
  'authenticate_req authenticate_err';
const FUNCTIONS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(REQUESTS.split(' ').map((name, code) => [name, code])),
  response: 129,
  unsolicited_response: 130,
  authenticate_resp: 131,
};

export const BUFFERS: readonly BufferDeclaration<Dnp3Transaction>[] = [
  {
    ...AT,
    keyword: 'dnp3.data',
    aliases: ['dnp3_data'],
    summary: 'Message reassembled from its frames, without checksums.',
    get: ({ message }) => message?.bytes,
  },
];

export const VALUES: readonly ValueDeclaration<Dnp3Transaction>[] = [
  {
    ...AT,
    keyword: 'dnp3.func',
    aliases: ['dnp3_func'],
    bits: 8,
    summary: 'Function code.',
    names: FUNCTIONS,
    get: ({ message }) => (message ? [message.functionCode] : []),
  },
];

function indications(argument: string | undefined): number {
  let bits = 0;
  for (const word of (argument ?? '').split(',').map(each => each.trim())) {
    const number = /^(0x[\da-f]+|\d+)$/i.test(word) ? Number(word) : undefined;
    const bit = Object.hasOwn(INDICATIONS, word) ? INDICATIONS[word] : number;
    if (bit === undefined || bit > 0xffff)
      throw new Error(`"${word}" is none of ${Object.keys(INDICATIONS).join(', ')}`);
    bits |= bit;
  }
  return bits;
}

function groupAndVariation(argument: string | undefined): readonly [number, number] {
  const match = /^\s*(\d{1,3})\s*,\s*(\d{1,3})\s*$/.exec(argument ?? '');
  const [group, variation] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || group > 255 || variation > 255)
    throw new Error('expected a group and a variation, each from 0 to 255: 22,1');
  return [group, variation];
}

export const TESTS: readonly TestDeclaration<Dnp3Transaction>[] = [
  {
    ...AT,
    keyword: 'dnp3.ind',
    aliases: ['dnp3_ind'],
    summary: 'Internal indications of a response; any of those given must be set.',
    grammar: 'indication [, …]',
    parse: indications,
    matches: ({ message }, _, bits) => ((message?.indications ?? 0) & (bits as number)) !== 0,
  },
  {
    ...AT,
    keyword: 'dnp3.obj',
    aliases: ['dnp3_obj'],
    summary: 'The message contains an object of this group and variation.',
    grammar: 'group, variation',
    parse: groupAndVariation,
    matches({ message }, _, wanted) {
      const [group, variation] = wanted as readonly [number, number];
      return message?.objects.some(each => each.group === group && each.variation === variation) ?? false;
    },
  },
];
