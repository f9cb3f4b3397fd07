/** Commands for the values of datasets: dataset-add, -remove, -lookup, -clear and -dump. */
import type { DatasetDeclaration } from '../../../signatures/dataset-declaration.js';
import { DatasetControl } from '../../../signatures/state/dataset-control.js';
import { valueOfLine } from '../../../signatures/state/dataset-values.js';
import { DatasetStore } from '../../../signatures/state/datasets.js';
import type { DetectionState } from '../../../signatures/state/detection-state.js';
import { SharedTable } from '../../../signatures/state/shared-table.js';
import type { ValueSet } from '../../../signatures/state/value-set.js';
import { type Arguments, type Handlers, textArgument } from '../../control/control-socket.js';

export interface DatasetCommands {
  readonly handlers: Handlers;
  /** Saves the sets that commands have changed. */
  close(): void;
}

/**
 * @param folder where sets are saved
 * @param declared sets of the active rules
 * @param problem called for files that cannot be read or written
 */
export function datasetCommands(
  state: DetectionState,
  folder: string,
  declared: () => readonly DatasetDeclaration[],
  problem: (message: string) => void,
): DatasetCommands {
  const control = new DatasetControl(state.datasetControl);
  const store = new DatasetStore(new SharedTable(state.datasets), folder, problem, control);
  const setOf = (parameters: Arguments): ValueSet => {
    const name = textArgument(parameters, 'setname');
    const type = textArgument(parameters, 'settype');
    const declaration = declared().find(each => each.name === name);
    if (!declaration) throw new Error(`set not found: ${name}`);
    const set = store.open(declaration);
    if (set.type !== type) throw new Error(`set ${name} has type ${set.type}, not ${type}`);
    return set;
  };
  const valueIn = (set: ValueSet, parameters: Arguments): string => {
    const text = textArgument(parameters, 'datavalue');
    const value = valueOfLine(set.type, text);
    if (value === undefined) throw new Error(`"${text}" is not a value of type ${set.type}`);
    return value;
  };
  const handlers: Handlers = {
    'dataset-add': parameters => {
      const set = setOf(parameters);
      const value = valueIn(set, parameters);
      if (set.holds(value)) throw new Error('data already in set');
      set.addValue(value);
      return 'data added';
    },
    'dataset-remove': parameters => {
      const set = setOf(parameters);
      const value = valueIn(set, parameters);
      if (!set.holds(value)) throw new Error('data not found in set');
      set.removeValue(value);
      return 'data removed';
    },
    'dataset-lookup': parameters => {
      const set = setOf(parameters);
      if (!set.holds(valueIn(set, parameters))) throw new Error('item not found in set');
      return 'item found in set';
    },
    'dataset-clear': parameters => {
      setOf(parameters).clear();
      return 'dataset cleared';
    },
    'dataset-dump': () => {
      control.requestDump();
      store.processRequests();
      return 'datasets dump done';
    },
  };
  return { handlers, close: () => store.close() };
}
