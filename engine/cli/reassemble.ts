/**
 * The data received by each side of each flow in a capture, reassembled as the receiving system does it, and the
 * datagrams reassembled from fragments.
 */
import decode from '../../modules/decode.js';
import flow from '../../modules/flow.js';
import pcap from '../../modules/pcap.js';
import stream from '../../modules/stream.js';
import { Config, type ConfigTree } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { HostOsPolicy } from '../stream/host-os-policy.js';
import { Collector } from './reassemble/collector.js';
import type { Side } from './reassemble/side.js';
import { runModules } from './reassemble/single-thread.js';
import { TerminalLog } from './terminal-log.js';

export interface ReassembleOptions {
  /** OS policy of all receivers; according to `host-os-policy` of the configuration when absent. */
  readonly policy?: string;
  readonly inline?: boolean;
  /** Configuration file, and `path=value` texts. */
  readonly config?: string;
  readonly set?: readonly string[];
  /** Checksum verification: all, none, or auto. */
  readonly checksums?: string;
  /** Maximum number of bytes kept of each side. */
  readonly most?: number;
  /** Packets per batch. */
  readonly batchSize?: number;
}

/**
 * @returns false when the capture could not be read to its end; `onSide` still gets what was read
 * @throws ConfigError, or a file system Error when there is no such file
 */
export async function reassembleCapture(
  file: string,
  options: ReassembleOptions,
  onSide: (side: Side) => void,
): Promise<boolean> {
  const config = configFor(file, options);
  const log = new TerminalLog();
  const collector = {
    hosts: new HostOsPolicy(config),
    inline: options.inline ?? false,
    maxBytes: options.most ?? DEFAULT_MOST,
    onSide,
  };
  const { batchSize } = options;
  await runModules(
    [pcap, decode, flow, stream],
    { config, log, batchSize },
    thread => new Collector(thread, collector),
  );
  return log.errors === 0;
}

export const DEFAULT_MOST = 64 * 2 ** 20;

function configFor(file: string, options: ReassembleOptions): Config {
  const { config } = loadConfig({ file: options.config, sets: options.set });
  const tree: Record<string, unknown> = { ...config.tree };
  const streamTree = { ...(tree.stream as ConfigTree | undefined) };
  const reassembly = { ...(streamTree.reassembly as ConfigTree | undefined) };
  if (options.config === undefined) reassembly.depth ??= 0;
  streamTree.inline = options.inline ? 'yes' : 'no';
  streamTree.reassembly = reassembly;
  if (options.checksums !== undefined) tree.capture = { 'checksum-validation': options.checksums };
  tree.stream = streamTree;
  tree['pcap-file'] = { files: [file] };
  if (options.policy !== undefined) tree['host-os-policy'] = { [options.policy]: ['0.0.0.0/0', '::/0'] };
  return new Config(tree);
}
