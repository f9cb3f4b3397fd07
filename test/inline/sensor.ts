/** The engine as a program in the gate of a network. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../until.js';
import type { Network } from './network.js';

export const PROGRAM = fileURLToPath(new URL('../../engine/bin/sluice.mjs', import.meta.url));

export interface SensorOptions {
  readonly rules?: string;
  /** Value of `-q`, by default 0. */
  readonly queue?: string;
  /** Source of packets instead of a queue. */
  readonly input?: readonly string[];
  readonly words?: readonly string[];
  /** YAML of a configuration file. */
  readonly config?: string;
}

export class Sensor {
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-inline-'));
  output = '';
  private readonly child: ChildProcess;
  private ended: number | null | undefined;

  constructor(
    private readonly network: Network,
    { rules = '', queue = '0', input = ['-q', queue], words = [], config }: SensorOptions,
  ) {
    writeFileSync(join(this.folder, 'my.rules'), rules);
    if (config !== undefined) writeFileSync(join(this.folder, 'sluice.yaml'), config);
    const given = [
      ...[...input, '-S', join(this.folder, 'my.rules'), '-l', this.folder, '-v'],
      ...(config === undefined ? [] : ['-c', join(this.folder, 'sluice.yaml')]),
      ...words,
    ];
    this.child = network.start('gate', process.execPath, [PROGRAM, ...given], { cwd: this.folder });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', piece => {
        this.output += piece;
      });
    this.child.once('exit', code => {
      this.ended = code;
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Waits until the threads run: earlier packets wait in the queue. */
  async ready(): Promise<void> {
    await until(
      () => this.output.includes('all threads are running') || this.ended !== undefined,
      () => this.output,
    );
    if (this.ended !== undefined) throw new Error(`the sensor ended:\n${this.output}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async exit(): Promise<number | null> {
    await until(
      () => this.ended !== undefined,
      () => this.output,
    );
    return this.ended!;
  }

  /** Stops the program. @returns its exit code */
  async stop(): Promise<number | null> {
    this.signal('SIGINT');
    return this.exit();
  }

  remove(): void {
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** EVE records of a type. */
  records(type: string): Record<string, unknown>[] {
    return readFileSync(join(this.folder, 'eve.json'), 'utf8')
      .split('\n')
      .filter(line => line.includes(`"event_type":"${type}"`))
      .map(line => JSON.parse(line) as Record<string, unknown>);
  }

  /** Lines of fast.log. */
  fast(): string[] {
    const file = join(this.folder, 'fast.log');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  }

  /** The last statistics record. */
  stats(): Record<string, Record<string, number>> {
    return this.records('stats').at(-1)!.stats as Record<string, Record<string, number>>;
  }

  /** Waits until no packet in the kernel awaits a verdict: the last one of a connection may still be queued. */
  async settled(queue = 0): Promise<void> {
    await until(
      () => this.waiting(queue) === 0,
      () => this.network.kernelQueues(),
    );
  }

  /** Number of packets in the kernel that await a verdict. */
  waiting(queue = 0): number {
    for (const line of this.network.kernelQueues().split('\n')) {
      const fields = line.trim().split(/\s+/).map(Number);
      if (fields[0] === queue && fields.length > 7) return fields[2]!;
    }
    return 0;
  }
}
