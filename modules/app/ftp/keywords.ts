/** Keywords of FTP. */
import type { BufferDeclaration, TestDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import { COMPLETE, type FtpTransaction, STARTED } from './transaction.js';

export const BUFFERS: readonly BufferDeclaration<FtpTransaction>[] = [
  {
    keyword: 'ftp.command',
    direction: 'to_server',
    progress: STARTED,
    summary: 'Command, in upper case.',
    get: ({ command }) => (command === undefined ? undefined : Buffer.from(command, 'latin1')),
  },
  {
    keyword: 'ftp.command_data',
    direction: 'to_server',
    progress: STARTED,
    summary: 'Arguments of the command.',
    get: ({ argument }) => argument,
  },
  {
    keyword: 'ftp.reply',
    direction: 'to_client',
    progress: COMPLETE,
    multiple: true,
    summary: 'Line of the reply, without its code.',
    get: ({ replies }, _, index) => replies[index]?.text,
  },
  {
    keyword: 'ftp.completion_code',
    direction: 'to_client',
    progress: COMPLETE,
    multiple: true,
    summary: 'Reply code of a line of the reply.',
    get: ({ replies }, _, index) => replies.filter(({ code }) => code)[index]?.code,
  },
];

export const VALUES: readonly ValueDeclaration<FtpTransaction>[] = [
  {
    keyword: 'ftp.dynamic_port',
    bits: 16,
    direction: 'either',
    progress: COMPLETE,
    summary: 'Negotiated port of the data connection.',
    get: ({ dynamicPort }) => (dynamicPort > 0 ? [dynamicPort] : []),
  },
];

/** The argument must be one of these words. */
function word(argument: string | undefined, words: Readonly<Record<string, boolean>>): boolean {
  const given = (argument ?? '').trim().toLowerCase();
  const found = Object.hasOwn(words, given) ? words[given] : undefined;
  if (found === undefined) throw new Error(`"${argument ?? ''}" is none of ${Object.keys(words).join(', ')}`);
  return found;
}

const TRUTH = { yes: true, true: true, on: true, '1': true, no: false, false: false, off: false, '0': false };

export const TESTS: readonly TestDeclaration<FtpTransaction>[] = [
  {
    keyword: 'ftp.mode',
    direction: 'either',
    progress: COMPLETE,
    summary: 'Mode of the data connection: active (the client listens) or passive (the server listens).',
    grammar: 'active | passive',
    parse: argument => word(argument, { active: true, passive: false }),
    matches: ({ dynamicPort, active }, _, parsed) => dynamicPort > 0 && active === parsed,
  },
  {
    keyword: 'ftp.reply_received',
    direction: 'to_client',
    progress: COMPLETE,
    summary: 'Whether a reply was received.',
    grammar: 'yes | no',
    parse: argument => word(argument, TRUTH),
    matches: ({ replies }, _, parsed) => replies.length > 0 === parsed,
  },
  {
    keyword: 'ftpbounce',
    direction: 'to_server',
    progress: COMPLETE,
    summary: 'PORT or EPRT with an address other than that of the client.',
    plain: true,
    parse: () => null,
    matches: ({ bounce }) => bounce,
  },
];
