/**
 * Datasets of one thread. Every thread reads the files; changes at run time are in a table shared by all threads, so
 * that results do not depend on the number of threads.
 */
import { isAbsolute, join } from 'node:path';
import type { DatasetDeclaration } from '../dataset-declaration.js';
import type { Datasets } from './dataset.js';
import { DatasetControl } from './dataset-control.js';
import { readDataset } from './dataset-files.js';
import type { SharedTable } from './shared-table.js';
import { type Capacity, UnsavedValues } from './unsaved-values.js';
import { ValueSet } from './value-set.js';

export class DatasetStore implements Datasets {
  private readonly sets = new Map<string, ValueSet>();
  private readonly unsavedCapacity: Capacity;
  private dumps: number;

  /**
   * @param folder where sets are saved
   * @param problem called for invalid files and lines
   * @param maxUnsaved maximum size in bytes of values that this thread keeps until they are saved
   */
  constructor(
    private readonly table: SharedTable,
    private readonly folder: string,
    private readonly problem: (message: string) => void,
    private readonly control = new DatasetControl(),
    maxUnsaved = Number.POSITIVE_INFINITY,
  ) {
    this.unsavedCapacity = { left: maxUnsaved };
    this.dumps = control.dumps;
  }

  open(declaration: DatasetDeclaration): ValueSet {
    let set = this.sets.get(declaration.name);
    if (!set) {
      set = new ValueSet(
        this.table,
        this.control,
        declaration.name,
        declaration.type ?? 'string',
        declaration.subdomains === true,
        new UnsavedValues(this.unsavedCapacity, () =>
          this.problem(
            `dataset ${declaration.name}: not all values can be saved, the memcap is reached (datasets.defaults.memcap)`,
          ),
        ),
      );
      this.sets.set(declaration.name, set);
    }
    if (declaration.load !== undefined) this.load(set, declaration);
    const { save } = declaration;
    if (save !== undefined) set.savePath = isAbsolute(save) ? save : join(this.folder, save);
    return set;
  }

  /** Performs requested actions. */
  processRequests(): void {
    if (this.dumps === this.control.dumps) return;
    this.dumps = this.control.dumps;
    this.save();
  }

  /** Writes the sets to be saved. */
  close(): void {
    this.save();
  }

  private save(): void {
    for (const set of this.sets.values()) {
      try {
        set.save();
      } catch (error) {
        this.problem(`dataset cannot be saved to ${set.savePath}: ${(error as Error).message}`);
      }
    }
  }

  private load(set: ValueSet, declaration: DatasetDeclaration): void {
    if (set.loaded) return;
    set.loaded = true;
    try {
      for (const entry of readDataset(declaration, this.folder)) set.addLoaded(entry);
    } catch (error) {
      this.problem(`dataset ${declaration.name}: ${(error as Error).message}`);
    }
  }
}
