/** Opens the logs of entries that are not regular files. */
import type { Config } from '../../engine/config/config.js';
import { DatagramLog } from '../../engine/log-file/datagram-log.js';
import { LineSocket } from '../../engine/log-file/line-socket.js';
import { Syslog } from '../../engine/log-file/syslog.js';
import type { LogSink } from '../../engine/log-sink.js';
import { instancesOf } from './instance.js';

/** @param report called with the first error after a period without any */
export function openEveLog(
  file: string,
  config: Config,
  report: (message: string) => void,
): LogSink | undefined {
  const instance = instancesOf(config).find(each => each.file === file);
  if (instance?.kind === 'unix_stream') return new LineSocket(file, report);
  if (instance?.kind === 'unix_dgram') return new DatagramLog(file, report);
  return instance?.kind === 'syslog' ? new Syslog(instance.syslog, report) : undefined;
}
