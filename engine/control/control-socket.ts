/**
 * Control through a Unix domain socket, in the protocol of `suricatasc`: JSON messages, first the version
 * (`{"version":"0.2"}`), then commands (`{"command":"uptime","arguments":{…}}`); each is answered with
 * `{"return":"OK","message":…}` or `{"return":"NOK","message":"why not"}`.
 */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { makeFolder } from '../make-folder.js';

export type Arguments = Readonly<Record<string, unknown>>;
/** Its result is the answer; an exception becomes the error message. */
export type Handler = (given: Arguments) => unknown;
export type Handlers = Readonly<Record<string, Handler>>;

/** Versions of the protocol; messages of the second end with a newline. */
const VERSIONS = ['0.1', '0.2'];
/** Maximum bytes of a message: a partial message is parsed again with each piece. */
const MAX_BYTES = 1 << 16;
/** How long a client may take to read pending answers at shutdown. */
const CLOSE_TIMEOUT_MS = 500;

export class ControlSocket {
  private readonly server: Server;
  private readonly clients = new Set<Socket>();

  /** @throws Error if listening fails */
  static async open(path: string, permissions: number, handlers: Handlers): Promise<ControlSocket> {
    makeFolder(dirname(path));
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
      // A connection reset is handled like a normal close.
      socket.on('error', () => {});
      serve(socket, handlers);
    });
  }

  close(): void {
    this.server.close();
    for (const client of this.clients) {
      client.destroySoon();
      setTimeout(() => client.destroy(), CLOSE_TIMEOUT_MS).unref();
    }
  }

  private async listen(permissions: number): Promise<void> {
    await removeStaleSocket(this.path);
    const listening = new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.once('listening', resolve);
    });
    // The socket is created immediately: no client may connect before the requested permissions are set.
    const before = process.umask(0o777);
    this.server.listen(this.path);
    process.umask(before);
    await listening;
    chmodSync(this.path, permissions);
  }
}

/** Removes a stale socket of an earlier run; anything else stays, also the socket of a running process. */
async function removeStaleSocket(path: string): Promise<void> {
  const old = lstatSync(path, { throwIfNoEntry: false });
  if (!old) return;
  if (!old.isSocket()) throw new Error('a file that is not a socket exists there');
  if (await isListening(path)) throw new Error('another program is listening there');
  unlinkSync(path);
}

async function isListening(path: string): Promise<boolean> {
  const socket = connect(path);
  const answered = await new Promise<boolean>(resolve => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return answered;
}

function serve(socket: Socket, handlers: Handlers): void {
  let text = '';
  let version: string | undefined;
  const say = async (answer: object): Promise<void> => {
    const taken = socket.write(`${JSON.stringify(answer)}${version === '0.1' ? '' : '\n'}`);
    if (!taken) await drained(socket);
  };
  const take = async (message: Arguments): Promise<void> => {
    if (version !== undefined) return say(await answerTo(message, handlers));
    const wanted = String(message['version']);
    if (!VERSIONS.includes(wanted)) {
      void say({ return: 'NOK' });
      socket.end();
      return;
    }
    version = wanted;
    await say({ return: 'OK' });
  };
  // Answers are sent in the order of the commands, and nothing more is read before the client has received them.
  const takeAll = async (messages: readonly Arguments[]): Promise<void> => {
    socket.pause();
    for (const message of messages) if (!socket.destroyed) await take(message);
    socket.resume();
  };
  socket.setEncoding('utf8');
  socket.on('data', data => {
    text += String(data);
    const { messages, rest } = messagesIn(text);
    text = rest;
    if (messages.length > 0) void takeAll(messages);
    if (text.length > MAX_BYTES) socket.destroy();
  });
}

/** Waits until written data was sent, or the reader is gone. */
async function drained(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  await new Promise<void>(resolve => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}

/** Splits messages by line; a complete one without newline counts as well. */
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

/** Both names of the command that lists all. */
const LISTING: readonly string[] = ['command-list', 'help'];

async function answerTo(message: Arguments, handlers: Handlers): Promise<object> {
  const name = String(message['command'] ?? '');
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  if (LISTING.includes(name)) {
    const commands = [...Object.keys(handlers), ...LISTING].sort();
    return { message: { count: commands.length, commands }, return: 'OK' };
  }
  if (!handler) return { message: 'Unknown command', return: 'NOK' };
  try {
    return { message: await handler((message['arguments'] ?? {}) as Arguments), return: 'OK' };
  } catch (error) {
    return { message: (error as Error).message, return: 'NOK' };
  }
}

/** A text among the arguments. @throws Error if it is missing */
export function textArgument(given: Arguments, name: string): string {
  const value = given[name];
  if (typeof value !== 'string' || value === '') throw new Error(`${name} is missing, expected a string`);
  return value;
}
