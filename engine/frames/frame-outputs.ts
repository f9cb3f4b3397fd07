/** Settings of EVE's frame records, for each `eve-log` output that has them. */
import type { Config } from '../config/config.js';
import { option, size } from '../config/option.js';
import { outputBit, recordTypeSettings } from '../config/output-list.js';
import type { OutputRecord } from '../protocol.js';
import type { Frame } from './frame.js';
import { frameMembers } from './frame-record.js';

export const FRAME_PAYLOAD = option(
  'outputs.*.eve-log.types.*.frame.payload-buffer-size',
  size,
  4096,
  'maximum bytes of a frame in its record',
);

/** Outputs that show the same number of bytes. */
interface FrameOutput {
  readonly payloadSize: number;
  readonly outputs: number;
}

export function frameOutputs(config: Config): readonly FrameOutput[] {
  const bySize = new Map<number, number>();
  recordTypeSettings(config, 'frame').forEach((settings, i) => {
    if (!settings) return;
    const payloadSize =
      size.parse(settings.at('payload-buffer-size') ?? FRAME_PAYLOAD.fallback) ?? FRAME_PAYLOAD.fallback;
    bySize.set(payloadSize, (bySize.get(payloadSize) ?? 0) | outputBit(i));
  });
  return [...bySize].map(([payloadSize, outputs]) => ({ payloadSize, outputs }));
}

export function frameRecords(frame: Frame, outputs: readonly FrameOutput[]): OutputRecord[] {
  return outputs.map(output => ({
    members: frameMembers(frame, output.payloadSize, false),
    outputs: output.outputs,
  }));
}
