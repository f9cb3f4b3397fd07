/** A progress line of a replay on the terminal. */

/** Redraw interval. */
const INTERVAL_MS = 200;

export interface ProgressNumbers {
  readonly packets: number;
  readonly bytes: number;
  readonly alerts: number;
}

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Redraws the line periodically. Nothing is drawn if the output is not a terminal.
 * @param totalBytes undefined when the total size is unknown
 * @returns removes the line
 */
export function showProgress(
  read: () => ProgressNumbers,
  totalBytes: number | undefined,
  terminal: Terminal,
): () => void {
  if (!terminal.isTTY) return () => {};
  const started = performance.now();
  const timer = setInterval(() => {
    const seconds = (performance.now() - started) / 1000;
    terminal.write(`\r\x1b[2K${progressLine(read(), totalBytes, seconds, terminal.columns ?? 80)}`);
  }, INTERVAL_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    terminal.write('\r\x1b[2K');
  };
}

/** `████░░░░  42 %  1,234,567 packets  312 MB/s  17 alerts  12 s left` */
export function progressLine(
  now: ProgressNumbers,
  totalBytes: number | undefined,
  seconds: number,
  width: number,
): string {
  const speed = seconds > 0 ? now.bytes / seconds : 0;
  const parts = [
    `${grouped(now.packets)} packets`,
    `${(speed / 1e6).toFixed(0)} MB/s`,
    `${grouped(now.alerts)} alerts`,
  ];
  if (totalBytes === undefined || totalBytes === 0) return parts.join('  ').slice(0, width - 1);
  const share = Math.min(1, now.bytes / totalBytes);
  if (speed > 0) parts.push(`${duration((totalBytes - now.bytes) / speed)} left`);
  const text = `${String(Math.floor(share * 100)).padStart(3)} %  ${parts.join('  ')}`;
  const bar = Math.max(0, Math.min(30, width - text.length - 3));
  const done = Math.round(share * bar);
  return `${'█'.repeat(done)}${'░'.repeat(bar - done)} ${text}`.slice(0, width - 1);
}

/** `1,234,567` */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `12 s`, `3 min 20 s`, `2 h 5 min` */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
