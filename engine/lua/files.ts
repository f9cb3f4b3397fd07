/** The library `io`, and the functions of `os` for files, for scripts that may use them: the real file system. */
import { closeSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import type { LuaArray, LuaLibrary, LuaValue } from '../lua.js';

/** Bytes buffered before they are written. */
const BUFFER = 64 << 10;
/** Maximum size of a file to read. */
const MAX_READ = 64 << 20;

/** A file opened by a script: written, or read from the beginning. */
interface OpenFile {
  readonly descriptor: number;
  readonly pending: Buffer[];
  pendingBytes: number;
  /** The content to read, latin1. */
  readonly text: string;
  position: number;
}

export class LuaFiles {
  private readonly files = new Map<number, OpenFile>();
  private last = 2;

  /** @param print receives text written to standard output and standard error */
  constructor(private readonly print: (text: string) => void) {}

  readonly library: LuaLibrary = {
    name: 'io',
    functions: {
      open: (name, mode) => guarded(() => [this.open(pathOf(name), String(mode))]),
      write: (number, text) => this.write(Number(number), String(text)),
      flush: number => this.flush(Number(number)),
      close: number => this.closeFile(Number(number)),
      read: (number, format) => [this.read(Number(number), format)],
      seek: (number, origin, offset) => [this.seek(Number(number), String(origin), Number(offset))],
      getenv: name => [process.env[String(name)]],
      remove: name =>
        guarded(() => {
          unlinkSync(pathOf(name));
          return [true];
        }),
      rename: (from, to) =>
        guarded(() => {
          renameSync(pathOf(from), pathOf(to));
          return [true];
        }),
    },
    source: SOURCE,
  };

  /** Flushes all buffers. @throws Error of the last file that failed */
  flushAll(): void {
    this.each(number => this.flush(number));
  }

  /** Closes all files. @throws Error of the last one that failed to flush */
  close(): void {
    this.each(number => this.closeFile(number));
  }

  /** An error of one file does not prevent others from being written. */
  private each(action: (number: number) => void): void {
    const failures: unknown[] = [];
    for (const number of [...this.files.keys()]) {
      try {
        action(number);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures.at(-1);
  }

  private open(path: string, mode: string): number {
    const reads = mode.startsWith('r') && !mode.includes('+');
    // Threads that write the same file append to it line by line.
    if (mode.startsWith('w')) closeSync(openSync(path, 'w'));
    this.files.set(++this.last, {
      descriptor: reads ? -1 : openSync(path, 'a'),
      pending: [],
      pendingBytes: 0,
      text: reads ? readFileSync(path, 'latin1').slice(0, MAX_READ) : '',
      position: 0,
    });
    return this.last;
  }

  private write(number: number, text: string): LuaArray {
    const file = this.files.get(number);
    if (!file) {
      this.print(text);
      return [];
    }
    file.pending.push(Buffer.from(text, 'latin1'));
    file.pendingBytes += text.length;
    return file.pendingBytes >= BUFFER ? this.flush(number) : [];
  }

  private flush(number: number): LuaArray {
    const file = this.files.get(number);
    if (!file || file.pendingBytes === 0) return [];
    const bytes = Buffer.concat(file.pending);
    file.pending.length = 0;
    file.pendingBytes = 0;
    if (file.descriptor >= 0)
      for (let done = 0; done < bytes.length; ) done += writeSync(file.descriptor, bytes, done);
    return [];
  }

  private closeFile(number: number): LuaArray {
    const file = this.files.get(number);
    try {
      return this.flush(number);
    } finally {
      this.files.delete(number);
      if (file && file.descriptor >= 0) closeSync(file.descriptor);
    }
  }

  /** @param format l, L, a, n or a number of bytes */
  private read(number: number, format: LuaValue): LuaValue {
    const file = this.files.get(number);
    if (!file) return undefined;
    const rest = file.text.length - file.position;
    const kind = String(format).replace(/^\*/, '')[0];
    if (kind === 'a') return this.take(file, rest);
    if (rest === 0) return undefined;
    if (typeof format === 'number') return this.take(file, Math.min(rest, format));
    if (kind === 'n') return this.number(file);
    const end = file.text.indexOf('\n', file.position);
    const line = this.take(file, end < 0 ? rest : end + 1 - file.position);
    return kind === 'L' ? line : line.replace(/\n$/, '');
  }

  private number(file: OpenFile): LuaValue {
    const match = /\s*[-+]?[\d.]+(?:[eE][-+]?\d+)?/y;
    match.lastIndex = file.position;
    const found = match.exec(file.text)?.[0];
    return found === undefined ? undefined : Number(this.take(file, found.length));
  }

  private take(file: OpenFile, length: number): string {
    file.position += length;
    return file.text.slice(file.position - length, file.position);
  }

  private seek(number: number, origin: string, offset: number): number {
    const file = this.files.get(number);
    if (!file) return 0;
    const from = origin === 'set' ? 0 : origin === 'end' ? file.text.length : file.position;
    file.position = Math.min(file.text.length, Math.max(0, from + offset));
    return file.position;
  }
}

function pathOf(value: LuaValue): string {
  return Buffer.from(String(value), 'latin1').toString();
}

/** Returns system errors as Lua does: nil, the message, and a number. */
function guarded(action: () => LuaArray): LuaArray {
  try {
    return action();
  } catch (error) {
    const { message, errno } = error as NodeJS.ErrnoException;
    return [undefined, message, Math.abs(errno ?? 0)];
  }
}

const SOURCE = `
local f = ...
local io, File = {}, {}
File.__index = File
File.__name = "FILE*"
os.getenv, os.remove, os.rename = f.getenv, f.remove, f.rename
os.execute, os.exit, os.tmpname, os.setlocale = nil, nil, nil, nil
local function object(number) return setmetatable({ number = number }, File) end
local function check(self)
  if self.closed then error("attempt to use a closed file", 3) end
end
function File:write(...)
  check(self)
  for i = 1, select("#", ...) do f.write(self.number, tostring((select(i, ...)))) end
  return self
end
function File:flush() check(self) f.flush(self.number) return self end
function File:close() check(self) f.close(self.number) self.closed = true return true end
function File:seek(whence, offset) check(self) return f.seek(self.number, whence or "cur", offset or 0) end
function File:setvbuf() return true end
function File:read(...)
  check(self)
  local count, results = select("#", ...), {}
  if count == 0 then return f.read(self.number, "l") end
  for i = 1, count do results[i] = f.read(self.number, (select(i, ...))) end
  return table.unpack(results, 1, count)
end
function File:lines(format) return function() return self:read(format or "l") end end
io.stdin, io.stdout, io.stderr = object(0), object(1), object(2)
function io.open(name, mode)
  local number, message, code = f.open(name, mode or "r")
  if not number then return nil, message, code end
  return object(number)
end
function io.write(...) return io.stdout:write(...) end
function io.close(file) return (file or io.stdout):close() end
function io.lines(name, format) return assert(io.open(name)):lines(format) end
function io.type(value)
  if getmetatable(value) ~= File then return nil end
  return value.closed and "closed file" or "file"
end
return io`;
