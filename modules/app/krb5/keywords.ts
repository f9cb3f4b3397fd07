/** Keywords of Kerberos. */
import type { BufferDeclaration, TestDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import { COMPLETE, type KerberosTransaction } from './exchange.js';
import { ENCRYPTION_NAMES, isWeak } from './names.js';

function name(which: 'cname' | 'sname', summary: string): BufferDeclaration<KerberosTransaction> {
  return {
    keyword: `krb5.${which}`,
    aliases: [`krb5_${which}`],
    // Suricata inspects names only in messages of the server.
    direction: 'to_client',
    progress: COMPLETE,
    multiple: true,
    summary,
    get: ({ message, toServer }, _, index) => (toServer ? undefined : message?.[which][index]),
  };
}

export const BUFFERS: readonly BufferDeclaration<KerberosTransaction>[] = [
  name('cname', 'Component of the client name.'),
  name('sname', 'Component of the server name.'),
];

function value(
  keyword: string,
  bits: 8 | 32,
  summary: string,
  get: (transaction: KerberosTransaction) => number | undefined,
): ValueDeclaration<KerberosTransaction> {
  return {
    keyword,
    bits,
    direction: 'either',
    progress: COMPLETE,
    summary,
    get(transaction, toServer) {
      const found = transaction.toServer === toServer ? get(transaction) : undefined;
      return found === undefined ? [] : [found];
    },
  };
}

export const VALUES: readonly ValueDeclaration<KerberosTransaction>[] = [
  value('krb5_msg_type', 8, 'Message type.', ({ message }) => message?.type),
  value('krb5_err_code', 32, 'Error code.', ({ message }) => message?.errorCode),
];

interface Encryptions {
  readonly negated: boolean;
  readonly weak: boolean;
  readonly numbers: readonly number[];
}

export const TESTS: readonly TestDeclaration<KerberosTransaction>[] = [
  {
    keyword: 'krb5.ticket_encryption',
    direction: 'to_client',
    progress: COMPLETE,
    summary: 'Encryption of a ticket: `weak`, or a list of numbers and names.',
    grammar: '[!]weak | [!]type [, …]',
    parse: argument => encryptions(argument ?? ''),
    matches({ message }, _, parsed) {
      const encryption = message?.ticketEncryption;
      if (encryption === undefined) return false;
      const { negated, weak, numbers } = parsed as Encryptions;
      return (weak ? isWeak(encryption) : numbers.includes(encryption)) !== negated;
    },
  },
];

/** @throws Error naming an unknown encryption */
function encryptions(argument: string): Encryptions {
  const match = /^\s*(!?)\s*(.*?)\s*$/s.exec(argument)!;
  const negated = match[1] === '!';
  const words = match[2]!.split(/[\s,]+/).filter(word => word !== '');
  if (words.length === 0) throw new Error('expected weak, or a list of encryption types');
  if (words.length === 1 && words[0]!.toLowerCase() === 'weak') return { negated, weak: true, numbers: [] };
  return { negated, weak: false, numbers: words.map(encryptionOf) };
}

function encryptionOf(word: string): number {
  if (/^-?\d{1,9}$/.test(word)) return Number(word);
  for (const [number, name] of ENCRYPTION_NAMES) if (name.toLowerCase() === word.toLowerCase()) return number;
  throw new Error(`unknown encryption type "${word}"`);
}
