/** Settings of SMB. */
import type { Config } from '../../../engine/config/config.js';
import { integer, names, option, size } from '../../../engine/config/option.js';
import { outputBit, recordTypeSettings } from '../../../engine/config/output-list.js';
import type { QueueLimits } from '../../../engine/files/file-chunks.js';
import { type FileSettings, fileSettings } from '../../../engine/files/file-settings.js';
import { type BodyMemory, bodyMemory } from '../../../engine/files/inspected-body.js';

const PREFIX = 'app-layer.protocols.smb.';

const MAX_TX = option(
  `${PREFIX}max-tx`,
  integer(1),
  1024,
  'maximum open transactions; beyond it the oldest is completed',
);
const STREAM_DEPTH = option(
  `${PREFIX}stream-depth`,
  size,
  0,
  'maximum bytes of a stream that are parsed; 0: all',
);
const MAX_READ = option(`${PREFIX}max-read-size`, size, 16 << 20, 'maximum bytes of one read; 0: no limit');
const MAX_WRITE = option(
  `${PREFIX}max-write-size`,
  size,
  16 << 20,
  'maximum bytes of one write; 0: no limit',
);
const READ_QUEUE_SIZE = option(
  `${PREFIX}max-read-queue-size`,
  size,
  64 << 20,
  'maximum out-of-order bytes buffered of a file being read; 0: no limit',
);
const READ_QUEUE_COUNT = option(
  `${PREFIX}max-read-queue-cnt`,
  integer(0),
  64,
  'maximum out-of-order chunks buffered of a file being read; 0: no limit',
);
const WRITE_QUEUE_SIZE = option(
  `${PREFIX}max-write-queue-size`,
  size,
  64 << 20,
  'maximum out-of-order bytes buffered of a file being written; 0: no limit',
);
const WRITE_QUEUE_COUNT = option(
  `${PREFIX}max-write-queue-cnt`,
  integer(0),
  64,
  'maximum out-of-order chunks buffered of a file being written; 0: no limit',
);
const GUIDS = option(
  `${PREFIX}max-guid-cache-size`,
  integer(1),
  1024,
  'maximum open files whose names are cached',
);
const READS = option(`${PREFIX}max-rec-offset-cache-size`, integer(1), 128, 'maximum pending reads');
const TREES = option(
  `${PREFIX}max-tree-cache-size`,
  integer(1),
  512,
  'maximum shares whose names are cached',
);
const PIPES = option(`${PREFIX}max-dcerpc-frag-cache-size`, integer(1), 128, 'maximum named pipes tracked');
const FILES = option(`${PREFIX}max-open-files`, integer(1), 512, 'maximum files tracked at a time');
const TYPES = option(
  'outputs.*.eve-log.types.*.smb.types',
  names(
    ...['file', 'tree_connect', 'negotiate', 'dcerpc', 'create', 'session_setup', 'ioctl', 'rename'],
    ...['set_file_path_info', 'generic'],
  ),
  [],
  'record types; empty: all',
);

export const SMB_OPTIONS = [
  ...[MAX_TX, STREAM_DEPTH, MAX_READ, MAX_WRITE, READ_QUEUE_SIZE, READ_QUEUE_COUNT, WRITE_QUEUE_SIZE],
  ...[WRITE_QUEUE_COUNT, GUIDS, READS, TREES, PIPES, FILES, TYPES],
];

export interface SmbSettings {
  readonly maxTransactions: number;
  readonly streamDepth: number;
  readonly maxRead: number;
  readonly maxWrite: number;
  readonly readQueue: QueueLimits;
  readonly writeQueue: QueueLimits;
  readonly guids: number;
  readonly reads: number;
  readonly trees: number;
  readonly pipes: number;
  readonly openFiles: number;
  readonly files: FileSettings;
  readonly memory: BodyMemory;
  /** Types logged by each enabled `eve-log`; undefined: all. */
  readonly outputs: readonly OutputTypes[];
}

export interface OutputTypes {
  readonly bit: number;
  readonly types: ReadonlySet<string> | undefined;
}

/** Maximum bytes of file contents kept for inspection per thread. */
const MEMORY = 64 << 20;

export function smbSettings(config: Config, shared: Readonly<Record<string, unknown>>): SmbSettings {
  return {
    maxTransactions: config.read(MAX_TX),
    streamDepth: config.read(STREAM_DEPTH),
    maxRead: config.read(MAX_READ),
    maxWrite: config.read(MAX_WRITE),
    readQueue: { size: config.read(READ_QUEUE_SIZE), count: config.read(READ_QUEUE_COUNT) },
    writeQueue: { size: config.read(WRITE_QUEUE_SIZE), count: config.read(WRITE_QUEUE_COUNT) },
    guids: config.read(GUIDS),
    reads: config.read(READS),
    trees: config.read(TREES),
    pipes: config.read(PIPES),
    openFiles: config.read(FILES),
    files: fileSettings(config, shared),
    memory: bodyMemory(MEMORY),
    outputs: outputsOf(config),
  };
}

function outputsOf(config: Config): OutputTypes[] {
  return recordTypeSettings(config, 'smb').flatMap((entry, i) => {
    if (!entry) return [];
    const types = entry.read({ ...TYPES, path: 'types' });
    return [{ bit: outputBit(i), types: types.length > 0 ? new Set(types) : undefined }];
  });
}
