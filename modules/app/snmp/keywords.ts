/** Keywords of SNMP: each message is inspected in the direction it was sent. */
import type { BufferDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import type { SnmpMessage } from './message.js';
import { PDU_TYPES, TRAP_TYPES } from './record.js';
import { COMPLETE, type SnmpTransaction } from './transaction.js';

const AT = { direction: 'either', progress: COMPLETE } as const;

function buffer(
  name: string,
  summary: string,
  of: (message: SnmpMessage) => Uint8Array | undefined,
): BufferDeclaration<SnmpTransaction> {
  return { ...AT, keyword: `snmp.${name}`, summary, get: ({ message }) => message && of(message) };
}

export const BUFFERS = [
  buffer('community', 'Community, of versions 1 and 2c.', ({ community }) => community),
  buffer('usm', 'User name, of version 3.', ({ user }) => user),
];

function value(
  name: string,
  summary: string,
  of: (message: SnmpMessage) => number | undefined,
  names?: Readonly<Record<string, number>>,
): ValueDeclaration<SnmpTransaction> {
  return {
    ...AT,
    keyword: `snmp.${name}`,
    bits: 32,
    summary,
    get({ message }) {
      const number = message && of(message);
      return number === undefined ? [] : [number];
    },
    ...(names && { names }),
  };
}

const numbered = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    names.flatMap((name, number) => [
      [name, number],
      // Rules may write them without underscores.
      [name.replaceAll('_', ''), number],
    ]),
  );

export const VALUES = [
  value('version', 'Version: 1, 2 (2c) or 3.', ({ version }) => version),
  value('pdu_type', 'PDU type.', ({ pdu }) => pdu?.type, numbered(PDU_TYPES)),
  value('trap_type', 'Generic type of a version 1 trap.', ({ pdu }) => pdu?.trap?.type, numbered(TRAP_TYPES)),
];
