/**
 * Control through a socket of the file system, in the protocol of `suricatasc`: JSON messages, first the version
 * (`{"version":"0.2"}`), then commands (`{"command":"uptime","arguments":{…}}`); each is answered with
 * `{"return":"OK","message":…}` or `{"return":"NOK","message":"why not"}`.
 */
import { chmodSync, mkdirSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';

export type Arguments = Readonly<Record<string, unknown>>;
/** What it gives is the answer; what it throws says why there is none. */
export type Handler = (given: Arguments) => unknown;
export type Handlers = Readonly<Record<string, Handler>>;

/** Versions of the protocol; messages of the second end with a line end. */
const VERSIONS = ['0.1', '0.2'];
/** Bytes of a message at most. */
const MOST_BYTES = 1 << 20;

export class ControlSocket {
  private readonly server: Server;
  private readonly clients = new Set<Socket>();

  /** @throws Error when nobody can listen there */
  static async open(path: string, permissions: number, handlers: Handlers): Promise<ControlSocket> {
    mkdirSync(dirname(path), { recursive: true });
    const opened = new ControlSocket(path, handlers);
    await opened.listen(permissions);
    return opened;
  }

  private constructor(
    private readonly path: string,
    handlers: Handlers,
  ) {
    this.server = createServer(socket => {
      this.clients.add(socket);
      socket.on('close', () => this.clients.delete(socket));
      // Who goes away without a word is gone all the same.
      socket.on('error', () => {});
      serve(socket, handlers);
    });
  }

  close(): void {
    this.server.close();
    for (const client of this.clients) client.destroySoon();
  }

  /** One of an earlier run may have been left behind. */
  private async listen(permissions: number): Promise<void> {
    try {
      unlinkSync(this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.path, resolve);
    });
    chmodSync(this.path, permissions);
  }
}

function serve(socket: Socket, handlers: Handlers): void {
  let text = '';
  let version: string | undefined;
  let answered: Promise<void> = Promise.resolve();
  const say = (answer: object) => socket.write(`${JSON.stringify(answer)}${version === '0.1' ? '' : '\n'}`);
  const take = (message: Arguments): void => {
    if (version !== undefined) {
      // Answers come in the order of the commands.
      answered = answered.then(async () => void say(await answerTo(message, handlers)));
      return;
    }
    const wanted = String(message['version']);
    if (!VERSIONS.includes(wanted)) {
      say({ return: 'NOK' });
      socket.end();
      return;
    }
    version = wanted;
    say({ return: 'OK' });
  };
  socket.setEncoding('utf8');
  socket.on('data', data => {
    text += String(data);
    const { messages, rest } = messagesIn(text);
    text = rest;
    for (const message of messages) take(message);
    if (text.length > MOST_BYTES) socket.destroy();
  });
}

/** Messages by lines; one that is whole without a line end is one as well. */
function messagesIn(text: string): { messages: Arguments[]; rest: string } {
  const lines = text.split('\n');
  const last = lines.pop()!;
  const messages = lines.filter(line => line.trim() !== '').map(line => parsed(line) ?? {});
  const whole = last.trim() === '' ? undefined : parsed(last);
  return whole ? { messages: [...messages, whole], rest: '' } : { messages, rest: last };
}

function parsed(line: string): Arguments | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    return value !== null && typeof value === 'object' ? (value as Arguments) : {};
  } catch {
    return undefined;
  }
}

async function answerTo(message: Arguments, handlers: Handlers): Promise<object> {
  const name = String(message['command'] ?? '');
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  if (name === 'command-list') {
    const commands = [...Object.keys(handlers), name].sort();
    return { message: { count: commands.length, commands }, return: 'OK' };
  }
  if (!handler) return { message: 'Unknown command', return: 'NOK' };
  try {
    return { message: await handler((message['arguments'] ?? {}) as Arguments), return: 'OK' };
  } catch (error) {
    return { message: (error as Error).message, return: 'NOK' };
  }
}

/** A text among the arguments. @throws Error where it is not there */
export function textArgument(given: Arguments, name: string): string {
  const value = given[name];
  if (typeof value !== 'string' || value === '') throw new Error(`${name} is not given, expected a text`);
  return value;
}
