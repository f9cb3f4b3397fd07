/** A program that listens on a Unix datagram socket. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { until } from '../until.js';

/** Node has no Unix datagram sockets. */
const LISTEN = `use Socket; $| = 1; my ($path) = @ARGV; unlink $path;
socket(S, PF_UNIX, SOCK_DGRAM, 0) or die; bind(S, sockaddr_un($path)) or die; print "ready\\n";
while (defined recv(S, my $bytes, 1 << 22, 0)) { chomp $bytes; print substr($bytes, 0, 12), "\\n" }`;

export class Listener {
  private readonly child: ChildProcess;
  private text = '';

  constructor(path: string) {
    this.child = spawn('perl', ['-e', LISTEN, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.child.stdout!.on('data', piece => {
      this.text += piece;
    });
  }

  get lines(): string[] {
    return this.text.split('\n').slice(1, -1);
  }

  async ready(): Promise<void> {
    await until(
      () => this.text.startsWith('ready'),
      () => this.text,
    );
  }

  async has(count: number): Promise<void> {
    await until(
      () => this.lines.length >= count,
      () => `${this.lines.length} of ${count} lines`,
    );
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }
}

export const hasPerl = spawnSync('perl', ['-MSocket', '-e', '1']).status === 0;
