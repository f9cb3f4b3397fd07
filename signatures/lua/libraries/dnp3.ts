/** suricata.dnp3: the current DNP3 message, as tables. */
import type { LuaTable, LuaValue } from '../../../engine/lua.js';
import { inspected, type LibraryMaker } from '../context.js';
import { CurrentTransaction, recordText } from '../transaction.js';

type Flags = Readonly<Record<string, boolean | number>>;

interface Message {
  readonly control: Flags;
  readonly src: number;
  readonly dst: number;
  readonly application: {
    readonly control: Flags;
    readonly function_code: number;
    readonly objects: readonly object[];
    readonly complete: boolean;
  };
}

/** A byte made of flags and a number, from the parts in its record. */
function byteOf(flags: Flags, bits: Readonly<Record<string, number>>, number: string): number {
  return Object.entries(bits).reduce(
    (byte, [name, bit]) => byte | (flags[name] ? bit : 0),
    Number(flags[number]),
  );
}

function valueOfJson(json: unknown): LuaValue {
  if (typeof json === 'string') return recordText(json);
  if (Array.isArray(json)) return json.map(valueOfJson);
  if (json === null || typeof json !== 'object') return (json ?? undefined) as LuaValue;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, valueOfJson(value)]));
}

function messageTable(
  { control, src, dst, application }: Message,
  { len, crc, transport, indicators }: Readonly<Record<string, number | undefined>>,
): LuaTable {
  return {
    done: true,
    complete: application.complete,
    link_header: {
      len,
      control: byteOf(control, { dir: 0x80, pri: 0x40, fcb: 0x20, fcv: 0x10 }, 'function_code'),
      src,
      dst,
      crc,
    },
    transport_header: transport,
    application_header: {
      control: byteOf(application.control, { fir: 0x80, fin: 0x40, con: 0x20, uns: 0x10 }, 'sequence'),
      function_code: application.function_code,
    },
    indicators,
    objects: application.objects.map(object => valueOfJson({ points: [], ...object })),
  };
}

export const dnp3Library: LibraryMaker = context => {
  const tx = new CurrentTransaction(context, ['dnp3']);
  return {
    name: 'suricata.dnp3',
    functions: {
      get_tx() {
        const reason = tx.absenceReason();
        if (reason) return [undefined, reason];
        const { request, response } = tx.record('dnp3') as { request?: Message; response?: Message };
        return [
          {
            tx_num: inspected(context).transaction!.id,
            is_request: request !== undefined,
            request: request && messageTable(request, tx.numbers()),
            response: response && messageTable(response, tx.numbers()),
          },
        ];
      },
    },
    source: 'return ...',
  };
};
