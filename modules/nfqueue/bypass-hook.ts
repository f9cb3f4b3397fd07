/**
 * Reports each bypassed flow to a program such as `nft -i`, so that the kernel keeps the rest of the flow out of the
 * queue. Threads write lines as to a log; the program reads them from its input.
 */
import { MAX_ADDRESS_LENGTH, writeIpv4, writeIpv6 } from '../../engine/address.js';
import type { Config } from '../../engine/config/config.js';
import { option, text } from '../../engine/config/option.js';
import * as Flow from '../../engine/flow/flow-record.js';
import type { LogWriter, Thread } from '../../engine/module.js';

const COMMAND = option(
  'nfq.bypass-hook.command',
  text,
  '',
  'program that receives a line on its standard input for each bypassed flow, such as nft -i; empty: none',
);
const LINE = option(
  'nfq.bypass-hook.line',
  text,
  'add element inet sluice bypass<version> { <client> . <client-port> . <server> . <server-port> . <protocol> timeout 60s }',
  'the line for a bypassed flow, with <version>, <client>, <client-port>, <server>, <server-port>, <protocol>',
);
export const bypassHookOptions = [COMMAND, LINE];

/** Name of the log that the lines go to. */
export const BYPASS_LOG = 'bypass-hook';
/** A flow whose packets keep arriving is reported again, because the program's entry for it may have expired. */
const REPEAT_SECONDS = 15;
/** Number of reported flows that are remembered. */
const REPORTED_FLOWS = 1 << 14;
const MAX_NUMBER_LENGTH = 10;

/** The configured program, undefined when there is none. */
export function bypassCommand(config: Config): string | undefined {
  return config.read(COMMAND) || undefined;
}

export class BypassHook {
  private readonly log: LogWriter;
  private readonly line: LineTemplate;
  /** By row of the flow: low half of its id, and when it was reported. */
  private readonly reportedId = new Int32Array(REPORTED_FLOWS);
  private readonly reportedAt = new Uint32Array(REPORTED_FLOWS);
  private readonly count: number;

  constructor(private readonly thread: Thread) {
    this.log = thread.openLog(BYPASS_LOG);
    this.line = new LineTemplate(thread.config.read(LINE));
    this.count = thread.counters.declare('nfq.bypass_told');
  }

  /** A packet of this flow is bypassed. @param seconds its time */
  report(flow: number, seconds: number): void {
    const place = flow & (REPORTED_FLOWS - 1);
    const id = this.thread.flows.row[flow * Flow.INTS + Flow.ID_LOW]!;
    if (this.reportedId[place] === id && seconds - this.reportedAt[place]! < REPEAT_SECONDS) return;
    this.reportedId[place] = id;
    this.reportedAt[place] = seconds;
    this.thread.counters.values[this.count]!++;
    const { bytes, length } = this.line.write(this.thread.flows, flow);
    this.log.write(bytes, 0, length);
  }
}

type Field = (flows: Thread['flows'], f: number, out: Uint8Array, at: number) => number;

const address =
  (column: number): Field =>
  ({ row, bytes }, f, out, at) => {
    const write = row[f + Flow.IP_VERSION] === 6 ? writeIpv6 : writeIpv4;
    return write(bytes, (f + column) * 4, out, at);
  };
const number =
  (column: number): Field =>
  ({ row }, f, out, at) =>
    writeNumber(row[f + column]! >>> 0, out, at);

const FIELDS: Readonly<Record<string, Field>> = {
  version: number(Flow.IP_VERSION),
  client: address(Flow.CLIENT_ADDRESS),
  'client-port': number(Flow.CLIENT_PORT),
  server: address(Flow.SERVER_ADDRESS),
  'server-port': number(Flow.SERVER_PORT),
  protocol: number(Flow.PROTOCOL),
};

/** A line template with fields of a flow. */
export class LineTemplate {
  private readonly parts: readonly (Uint8Array | Field)[];
  private readonly bytes: Uint8Array;

  /** @throws Error that names an unknown field */
  constructor(template: string) {
    const encoder = new TextEncoder();
    this.parts = `${template}\n`
      .split(/<([\w-]+)>/)
      .map((part, i) => (i % 2 ? fieldOf(part) : encoder.encode(part)));
    const longest =
      this.parts.length * Math.max(MAX_ADDRESS_LENGTH, MAX_NUMBER_LENGTH) + template.length * 3 + 1;
    this.bytes = new Uint8Array(longest);
  }

  /** @returns the line, valid until the next one is written */
  write(flows: Thread['flows'], flow: number): { bytes: Uint8Array; length: number } {
    const { bytes } = this;
    let at = 0;
    for (const part of this.parts) {
      if (typeof part === 'function') at = part(flows, flow * Flow.INTS, bytes, at);
      else {
        bytes.set(part, at);
        at += part.length;
      }
    }
    return { bytes, length: at };
  }
}

function fieldOf(name: string): Field {
  const field = FIELDS[name];
  if (!field)
    throw new Error(
      `nfq.bypass-hook.line: unknown field <${name}>; expected <${Object.keys(FIELDS).join('>, <')}>`,
    );
  return field;
}

function writeNumber(value: number, out: Uint8Array, at: number): number {
  const digits = value.toString();
  for (let i = 0; i < digits.length; i++) out[at + i] = digits.charCodeAt(i);
  return at + digits.length;
}
