/** Keywords of DCE/RPC, for each protocol whose transactions contain calls. */
import type { BufferDeclaration, TestDeclaration, Transaction } from '../../../engine/protocol.js';
import type { Call } from './call.js';
import { REQUEST } from './pdu.js';
import { parseUuid } from './uuid.js';

/** The call of a transaction; undefined if it has none. */
export type CallOf<T> = (transaction: T) => Call | undefined;

interface At {
  /** Progress at which a direction is complete. */
  readonly progress: number;
}

export function dceBuffers<T extends Transaction>(
  callOf: CallOf<T>,
  { progress }: At,
): BufferDeclaration<T>[] {
  return [
    {
      keyword: 'dcerpc.stub_data',
      aliases: ['dce_stub_data'],
      direction: 'either',
      progress,
      shared: true,
      summary: 'Arguments or results of a DCE/RPC call.',
      get(transaction, toServer) {
        const side = callOf(transaction)?.side(toServer);
        return side && side.stub.length > 0 ? side.stub.view() : undefined;
      },
      littleEndian: (transaction, toServer) => callOf(transaction)?.side(toServer).littleEndian ?? true,
    },
  ];
}

export function dceTests<T extends Transaction>(callOf: CallOf<T>, { progress }: At): TestDeclaration<T>[] {
  return [
    {
      keyword: 'dcerpc.iface',
      aliases: ['dce_iface'],
      direction: 'either',
      progress,
      shared: true,
      summary: 'Interface of the call: UUID [, <|>|!|= version] [, any_frag].',
      grammar: 'uuid [, <|>|=|!version] [, any_frag]',
      parse: parseInterface,
      matches(transaction, _, parsed) {
        const call = callOf(transaction);
        return call?.request.type === REQUEST && isInterface(call, parsed as InterfaceArgument);
      },
    },
    {
      keyword: 'dcerpc.opnum',
      aliases: ['dce_opnum'],
      direction: 'either',
      progress,
      shared: true,
      summary: 'Operation numbers of the call: numbers and ranges, separated by commas.',
      grammar: 'number | number-number [, …]',
      parse: parseNumbers,
      matches(transaction, _, parsed) {
        const call = callOf(transaction);
        if (call?.request.type !== REQUEST) return false;
        return (parsed as Numbers[]).some(({ from, to }) => call.opnum >= from && call.opnum <= to);
      },
    },
  ];
}

/** Plain data: compiled rules are kept as JSON. */
interface InterfaceArgument {
  readonly uuid: string;
  readonly operator?: string;
  readonly version: number;
  readonly anyFragment: boolean;
}

function parseInterface(argument: string | undefined): InterfaceArgument {
  const [uuid, ...more] = (argument ?? '').split(',').map(part => part.trim());
  let found: InterfaceArgument = { uuid: parseUuid(uuid!), version: 0, anyFragment: false };
  for (const [i, word] of more.entries()) {
    const version = /^([<>!=])\s*(\d{1,5})$/.exec(word);
    if (version && i === 0 && Number(version[2]) <= 65535)
      found = { ...found, operator: version[1]!, version: Number(version[2]) };
    else if (word === 'any_frag' && i === more.length - 1) found = { ...found, anyFragment: true };
    else throw new Error(`"${word}" is neither a version (<1, >1, =1, !1) nor any_frag`);
  }
  return found;
}

function isInterface(call: Call, { uuid, operator, version, anyFragment }: InterfaceArgument): boolean {
  if (!(call.fromFirst || anyFragment)) return false;
  return call.interfaces.some(each => {
    if (each.uuid !== uuid) return false;
    switch (operator) {
      case '<':
        return each.major < version;
      case '>':
        return each.major > version;
      case '=':
        return each.major === version;
      case '!':
        return each.major !== version;
      default:
        return true;
    }
  });
}

const MAX_VALUE = 65535;

/** A range of numbers. */
interface Numbers {
  readonly from: number;
  readonly to: number;
}

/** `15`, `12,18-24` */
function parseNumbers(argument: string | undefined): Numbers[] {
  return (argument ?? '').split(',').map(part => {
    const match = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?$/.exec(part);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? from);
    if (!match || to > MAX_VALUE || from > to)
      throw new Error(`"${part.trim()}" is neither a number up to ${MAX_VALUE} nor a range`);
    return { from, to };
  });
}
