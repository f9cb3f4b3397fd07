/** The one Inspection of a thread, and what compiled conditions find in their environment. */
import type { FlowRows } from '../../engine/flow-record.js';
import type { Memory } from '../../engine/memory.js';
import type { StoredSignature } from '../../signatures/compile/image.js';
import type { ConditionWatch } from '../../signatures/condition-watch.js';
import type { Inspection } from '../../signatures/inspection.js';
import type { CompileEnvironment } from '../../signatures/keyword.js';

/** byte_extract and byte_math of one signature. */
const MOST_VARIABLES = 256;

export function newInspection(memory: Memory, flows: FlowRows): Inspection {
  return {
    memory,
    flows,
    slot: 0,
    p: 0,
    flow: -1,
    f: 0,
    toServer: true,
    transaction: undefined,
    bytes: memory.bytes,
    start: 0,
    end: 0,
    cursor: 0,
    atBeginning: true,
    atEnd: true,
    littleEndian: false,
    variables: new Float64Array(MOST_VARIABLES),
    signature: 0,
  };
}

/** Variables are numbered by signature, in the order they are asked for. */
export function environmentsFor(
  shared: Omit<CompileEnvironment, 'variable' | 'watch' | 'signature'>,
  watchOf?: (signature: StoredSignature) => ConditionWatch | undefined,
): (signature: StoredSignature) => CompileEnvironment {
  return signature => {
    const numbers = new Map<string, number>();
    return {
      ...shared,
      signature,
      watch: watchOf?.(signature),
      variable(name) {
        let number = numbers.get(name);
        if (number === undefined) {
          number = numbers.size % MOST_VARIABLES;
          numbers.set(name, number);
        }
        return number;
      },
    };
  };
}
