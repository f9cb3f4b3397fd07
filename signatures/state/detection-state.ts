/** State that spans flows, in memory shared by all threads and kept over reloads of the rules. */
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
 * Allocated once by the main thread, and passed to all threads.
 * @param seed for a run that must be reproducible; random by default
 */
export function allocateDetectionState(config: Config, seed?: number): DetectionState {
  return {
    thresholds: allocateTable(config.read(THRESHOLD_MEMCAP), seed),
    bits: allocateTable(config.read(HOST_MEMCAP), seed),
    datasets: allocateTable(config.read(DATASET_MEMCAP), seed),
    datasetControl: DatasetControl.allocate(),
  };
}
