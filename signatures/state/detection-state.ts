/** State that spans flows, in memory that all threads share and that outlives a reload of the rules. */
import type { Config } from '../../engine/config/config.js';
import { option, size } from '../../engine/config/option.js';
import { DatasetControl } from './dataset-control.js';
import { allocateTable } from './shared-table.js';

const THRESHOLD_MEMCAP = option('detect.thresholds.memcap', size, 16 * 2 ** 20, 'memory for thresholds');
const HOST_MEMCAP = option('host.memcap', size, 32 * 2 ** 20, 'memory for host state: hostbits, xbits, tags');

export const DATASET_MEMCAP = option(
  'datasets.defaults.memcap',
  size,
  64 * 2 ** 20,
  'memory for values added to datasets at run time',
);

export const stateOptions = [THRESHOLD_MEMCAP, HOST_MEMCAP, DATASET_MEMCAP];

/** Name in `thread.shared`. */
export const DETECTION_STATE = 'detection-state';

export interface DetectionState {
  readonly thresholds: SharedArrayBuffer;
  readonly bits: SharedArrayBuffer;
  readonly datasets: SharedArrayBuffer;
  /** See `DatasetControl`. */
  readonly datasetControl: SharedArrayBuffer;
}

/**
 * Made once in the main thread, and handed to all threads.
 * @param seed of the run where it is to be the same in each; random by default
 */
export function allocateDetectionState(config: Config, seed?: number): DetectionState {
  return {
    thresholds: allocateTable(config.read(THRESHOLD_MEMCAP), seed),
    bits: allocateTable(config.read(HOST_MEMCAP), seed),
    datasets: allocateTable(config.read(DATASET_MEMCAP), seed),
    datasetControl: DatasetControl.allocate(),
  };
}
