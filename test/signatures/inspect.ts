/** Evaluates conditions on bytes. */
import { openExpressions } from '../../engine/expression/open.js';
import { allocateMemory, openMemory } from '../../engine/memory.js';
import type { Inspection } from '../../signatures/inspection.js';
import { chain, signatureLanguage } from '../../signatures/language.js';
import type { CompileEnvironment } from '../../signatures/match-compiler.js';
import { parse, SAMPLE_PROTOCOL, withOptions } from './rules.js';

const memory = openMemory(allocateMemory(1, 4096));
const language = signatureLanguage();

export function environment(further: Partial<CompileEnvironment> = {}): CompileEnvironment {
  const names: string[] = [];
  return {
    stores: new Map(),
    expressions: openExpressions('auto'),
    variable(name) {
      if (!names.includes(name)) names.push(name);
      return names.indexOf(name);
    },
    ...further,
  };
}

export function latin1(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

/** The input: by default, bytes that are the whole buffer. */
export function inspection(bytes: Uint8Array, further: Partial<Inspection> = {}): Inspection {
  return {
    memory,
    slot: 0,
    p: 0,
    flow: -1,
    f: -1,
    toServer: true,
    transaction: undefined,
    bytes,
    start: 0,
    end: bytes.length,
    cursor: 0,
    atBeginning: true,
    atEnd: true,
    position: 0,
    littleEndian: false,
    variables: [],
    signature: 0,
    ...further,
  } as Inspection;
}

/** The conditions of the options, to be evaluated on several payloads. */
export function compiled(options: string): (payload: string, further?: Partial<Inspection>) => boolean {
  const { buffers } = parse(withOptions(options, 'alert tcp-pkt any any -> any any'));
  const test = language.buffer(
    buffers.flatMap(buffer => buffer.conditions),
    environment(),
  );
  return (payload, further) => test(inspection(latin1(payload), further));
}

/** Whether the options hold for a payload. */
export function holds(options: string, payload: string, further: Partial<Inspection> = {}): boolean {
  return compiled(options)(payload, further);
}

/** The result of transforms of a buffer. */
export function transformed(transforms: string, buffer: string): string {
  const rule = withOptions(
    `${SAMPLE_PROTOCOL.buffers[0]!.keyword}; ${transforms}; bsize:>0;`,
    'alert sample any any -> any any',
  );
  const change = chain(parse(rule).buffers[0]!.transforms, environment());
  return Buffer.from(change(latin1(buffer))).toString('latin1');
}
