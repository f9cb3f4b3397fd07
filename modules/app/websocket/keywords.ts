/** Keywords of WebSocket. */
import { parseFlags } from '../../../engine/flags.js';
import { compileInteger, type IntegerCondition, type IntegerTest } from '../../../engine/integers.js';
import type { BufferDeclaration, TestDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import { COMPRESSED, FIN, OPCODES } from './frame-header.js';
import { COMPLETE, type WebSocketTransaction } from './frames.js';

export const BUFFERS: readonly BufferDeclaration<WebSocketTransaction>[] = [
  {
    keyword: 'websocket.payload',
    direction: 'either',
    progress: COMPLETE,
    summary: 'Payload of a frame, unmasked and decompressed.',
    get: (transaction, toServer) => (transaction.toServer === toServer ? transaction.payload : undefined),
  },
];

function value(
  name: 'mask' | 'opcode',
  bits: 8 | 32,
  summary: string,
  names?: Readonly<Record<string, number>>,
): ValueDeclaration<WebSocketTransaction> {
  return {
    keyword: `websocket.${name}`,
    bits,
    direction: 'either',
    progress: COMPLETE,
    summary,
    get({ header, toServer: sent }, toServer) {
      const found = header[name];
      return sent !== toServer || found === undefined ? [] : [found];
    },
    ...(names && { names }),
  };
}

export const VALUES: readonly ValueDeclaration<WebSocketTransaction>[] = [
  value('mask', 32, 'Masking key of a frame.'),
  value('opcode', 8, 'Opcode of a frame.', OPCODES),
];

export const TESTS: readonly TestDeclaration<WebSocketTransaction>[] = [
  {
    keyword: 'websocket.flags',
    direction: 'either',
    progress: COMPLETE,
    summary: 'Flags of a frame: a number, a mask with a number, or names.',
    grammar: '[!]fin | [!]comp [, …] | [<|>|<=|>=|!]number | number-number',
    parse: argument => parseFlags(argument, 'websocket.flags', { fin: FIN, comp: COMPRESSED }),
    compile: parsed => compileInteger(parsed as IntegerTest),
    matches: ({ header, toServer: sent }, toServer, compiled) =>
      sent === toServer && (compiled as IntegerCondition)(header.flags),
  },
];
