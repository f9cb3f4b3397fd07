/** One command with its replies. */
import { TwoSidedTransaction } from '../../../engine/protocol.js';

export const PROGRESS_TO_SERVER = ['request_started', 'request_complete'] as const;
export const PROGRESS_TO_CLIENT = ['response_started', 'response_complete'] as const;
export const STARTED = 0;
export const COMPLETE = 1;

export const EVENTS = [
  'request_command_too_long',
  'response_command_too_long',
  'too_many_transactions',
  'file_before_port',
] as const;

export interface Reply {
  /** Three digits; undefined on lines without a code. */
  readonly code: Uint8Array | undefined;
  readonly text: Uint8Array;
}

export class FtpTransaction extends TwoSidedTransaction {
  absent?: 'to_server' | 'to_client';
  loggedEvents?: number;
  readonly replies: Reply[] = [];
  /** Negotiated port, 0 without one; by the client (active) or by the server. */
  dynamicPort = 0;
  active = false;
  /** PORT or EPRT names a host other than its sender. */
  bounce = false;
  commandTruncated = false;
  replyTruncated = false;
  private memory: { used: number } | undefined;
  private kept = 0;

  /**
   * @param command in upper case; undefined for unsolicited replies of the server
   * @param argument after the command
   */
  constructor(
    id: number,
    readonly command: string | undefined,
    readonly argument: Uint8Array | undefined,
  ) {
    super(id);
  }

  /** Counts one of its lines in the memory of FTP. */
  keep(memory: { used: number }, { length }: Uint8Array): void {
    this.memory = memory;
    this.kept += length;
    memory.used += length;
  }

  /** The transaction has ended: its memory is no longer counted. */
  release(): void {
    if (this.memory) this.memory.used -= this.kept;
    this.kept = 0;
  }
}
