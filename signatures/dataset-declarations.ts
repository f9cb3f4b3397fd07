/** Datasets declared in the configuration and in rules: unique by name, with the file read on declaration. */
import type { Config } from '../engine/config/config.js';
import { boolean, integer, option, size, tree } from '../engine/config/option.js';
import type { DatasetDeclaration } from './dataset-declaration.js';
import { RuleError } from './rule-error.js';
import type { Position } from './signature.js';
import { dataFolder } from './state/data-folder.js';
import { fileOfDataset, readDataset } from './state/dataset-files.js';
import { DATASET_TYPES, type DatasetType } from './state/dataset-values.js';

const DATASETS = option(
  'datasets',
  tree,
  undefined,
  'datasets by name, each with type, load, save or state, memcap and hashsize; and settings of all datasets',
);
const ALLOW_WRITE = option(
  'datasets.rules.allow-write',
  boolean,
  true,
  'allow rules to name files that are written',
);
const ALLOW_ABSOLUTE = option(
  'datasets.rules.allow-absolute-filenames',
  boolean,
  false,
  'allow rules to name files outside the data folder that are written',
);
const SINGLE_HASHSIZE = option(
  'datasets.limits.single-hashsize',
  integer(1, 2 ** 31),
  262_144,
  'maximum hashsize of a dataset in a rule',
);
const TOTAL_HASHSIZES = option(
  'datasets.limits.total-hashsizes',
  integer(1, 2 ** 40),
  67_108_864,
  'maximum total of the hashsizes of all datasets in rules',
);

export const datasetOptions = [DATASETS, ALLOW_WRITE, ALLOW_ABSOLUTE, SINGLE_HASHSIZE, TOTAL_HASHSIZES];

/** Keys under `datasets` that are not names. */
const SETTINGS = new Set(['defaults', 'limits', 'rules']);

export class DatasetDeclarations {
  /** Files read. */
  readonly files: string[] = [];
  private readonly known = new Map<string, DatasetDeclaration>();
  private readonly folder: string;
  private readonly allowWrite: boolean;
  private readonly allowAbsolute: boolean;
  private readonly maxHashSize: number;
  private readonly maxTotalHashSize: number;
  /** Sum of the hash sizes of all known sets. */
  private totalHashSize = 0;

  constructor(config: Config) {
    this.folder = dataFolder(config);
    this.allowWrite = config.read(ALLOW_WRITE);
    this.allowAbsolute = config.read(ALLOW_ABSOLUTE);
    this.maxHashSize = config.read(SINGLE_HASHSIZE);
    this.maxTotalHashSize = config.read(TOTAL_HASHSIZES);
  }

  /** Adds the datasets of the configuration. @param problem called for invalid ones */
  configure(config: Config, problem: (message: string) => void): void {
    const declared = config.read(DATASETS);
    if (declared === null || typeof declared !== 'object') return;
    for (const [name, settings] of Object.entries(declared)) {
      if (SETTINGS.has(name) || settings === null || typeof settings !== 'object') continue;
      try {
        this.addDeclaration(configured(name, settings as Record<string, unknown>));
      } catch (error) {
        problem(`datasets.${name}: ${(error as Error).message}`);
      }
    }
  }

  /** All known datasets. */
  declared(): DatasetDeclaration[] {
    return [...this.known.values()];
  }

  /**
   * A rule's declaration of a dataset, completed from earlier declarations.
   * @throws RuleError if they conflict, or the file is invalid
   */
  declare(declaration: DatasetDeclaration, at: Position): DatasetDeclaration {
    this.check(declaration, at);
    try {
      const before = this.known.get(declaration.name);
      if (before) return completed(declaration, before);
      if (declaration.type === undefined)
        throw new Error(`dataset ${declaration.name} has no type, and is not declared elsewhere`);
      this.checkTotal(declaration);
      return this.addDeclaration(declaration);
    } catch (error) {
      throw new RuleError((error as Error).message, at);
    }
  }

  /** Rules may read any file, but write only below the data folder unless the configuration allows more. */
  private check({ save, hashsize = 0 }: DatasetDeclaration, at: Position): void {
    if (hashsize > this.maxHashSize)
      throw new RuleError(`hashsize ${hashsize} exceeds datasets.limits.single-hashsize`, at);
    if (save === undefined) return;
    if (!this.allowWrite) throw new RuleError('Rules containing save/state datasets have been disabled', at);
    if (this.allowAbsolute) return;
    if (save.startsWith('/')) throw new RuleError(`Absolute paths not allowed: ${save}`, at);
    if (save.split('/').includes('..')) throw new RuleError(`Directory traversals not allowed: ${save}`, at);
  }

  private checkTotal({ hashsize }: DatasetDeclaration): void {
    if (hashsize !== undefined && this.totalHashSize + hashsize > this.maxTotalHashSize)
      throw new Error(`hashsize ${hashsize} exceeds what remains of datasets.limits.total-hashsizes`);
  }

  /** @throws Error if its file is invalid */
  private addDeclaration(declaration: DatasetDeclaration): DatasetDeclaration {
    const file = fileOfDataset(declaration, this.folder);
    if (file !== undefined) this.files.push(file);
    // Remembered first, so that an invalid file is reported only once.
    this.known.set(declaration.name, declaration);
    this.totalHashSize += declaration.hashsize ?? 0;
    readDataset(declaration, this.folder);
    return declaration;
  }
}

function completed(declaration: DatasetDeclaration, known: DatasetDeclaration): DatasetDeclaration {
  const { name, type, load, save } = declaration;
  if (type !== undefined && known.type !== type)
    throw new Error(`dataset ${name} already exists and is of type ${known.type}`);
  if ((declaration.reputation === true) !== (known.reputation === true) && known.load !== undefined)
    throw new Error(`Cannot mix dataset and datarep values for set ${name}`);
  if ((load !== undefined || save !== undefined) && load !== known.load)
    throw new Error(`dataset ${name} load mismatch: ${known.load ?? 'none'} != ${load ?? 'none'}`);
  if ((load !== undefined || save !== undefined) && save !== known.save)
    throw new Error(`dataset ${name} save mismatch: ${known.save ?? 'none'} != ${save ?? 'none'}`);
  return { ...known, ...declaration };
}

function configured(name: string, settings: Record<string, unknown>): DatasetDeclaration {
  const type = String(settings['type']);
  if (!DATASET_TYPES.has(type)) throw new Error(`bad type ${type}: one of ${[...DATASET_TYPES].join(', ')}`);
  const path = (key: string) => (settings[key] === undefined ? undefined : String(settings[key]));
  const state = path('state');
  const [load, save] = [state ?? path('load'), state ?? path('save')];
  const memcap = settings['memcap'] === undefined ? undefined : size.parse(settings['memcap']);
  const hashsize = settings['hashsize'] === undefined ? undefined : Number(settings['hashsize']);
  return {
    name,
    folder: '',
    type: type as DatasetType,
    ...(load !== undefined && { load }),
    ...(save !== undefined && { save }),
    ...(memcap !== undefined && { memcap }),
    ...(hashsize !== undefined && { hashsize }),
  };
}
