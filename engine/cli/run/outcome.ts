/** Reports the result of a run, and its exit code. */
import type { EngineResult } from '../../engine.js';
import type { Log } from '../../module.js';

/** Logs failures and totals. @returns the exit code */
export function logOutcome(
  { failure, violations }: EngineResult,
  counters: ReadonlyMap<string, number>,
  seconds: number,
  log: Log,
): number {
  if (failure !== undefined) log.error(`threads: ${failure}`);
  if (violations > 0)
    log.error(`threads: ${violations} packets were processed by a thread that did not own them`);
  const lostLines = counters.get('output.lost_lines') ?? 0;
  if (lostLines > 0) log.error(`output: ${lostLines} lines or packets were not written`);
  const noRoom = counters.get('outputs.lost') ?? 0;
  if (noRoom > 0)
    log.warning(
      `output: ${noRoom} log lines were lost, because the buffer of a thread was full (outputs-buffer)`,
    );
  const [packets, bytes] = [counters.get('decoder.pkts') ?? 0, counters.get('decoder.bytes') ?? 0];
  log.notice(`threads: ${packets} packets, ${bytes} bytes in ${seconds.toFixed(3)} s`);
  const damaged = (counters.get('pcap_file.errors') ?? 0) > 0;
  return failure !== undefined || violations > 0 || lostLines > 0 || damaged ? 1 : 0;
}
