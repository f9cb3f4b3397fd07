/** One mail: its envelope, its header, its files. */
import type { InspectedBody } from '../../../engine/files/inspected-body.js';
import { TwoSidedTransaction } from '../../../engine/protocol.js';
import type { HeaderFields } from '../mime/header.js';
import type { SmtpSettings } from './settings.js';

export const PROGRESS_TO_SERVER = [
  'request_started',
  'request_helo',
  'request_mail',
  'request_data',
  'request_header',
  'request_complete',
] as const;
export const PROGRESS_TO_CLIENT = ['response_started', 'response_data', 'response_complete'] as const;
export const HELO = 1;
export const MAIL = 2;
export const DATA = 3;
export const HEADER = 4;
export const COMPLETE = 5;
/** Of these, the ones without a rule hook. */
export const INNER_PROGRESS = ['request_helo', 'request_mail', 'request_header'] as const;
/** Progress to the client. */
export const DATA_ANSWERED = 1;
export const ANSWERED = 2;

export const EVENTS = [
  'invalid_reply',
  'unable_to_match_reply_with_request',
  'max_command_line_len_exceeded',
  'max_reply_line_len_exceeded',
  'invalid_pipelined_sequence',
  'bdat_chunk_len_exceeded',
  'invalid_bdat',
  'no_server_welcome_message',
  'tls_rejected',
  'data_command_rejected',
  'failed_protocol_change',
  'mime_parse_failed',
  'mime_malformed_msg',
  'mime_invalid_base64',
  'mime_invalid_qp',
  'mime_long_line',
  'mime_long_enc_line',
  'mime_long_header_name',
  'mime_long_header_value',
  'mime_long_boundary',
  'mime_long_filename',
  'duplicate_fields',
  'unparsable_content',
  'truncated_line',
] as const;

export type SmtpEvent = (typeof EVENTS)[number];

/** Maximum recipients kept per mail. */
const MAX_RECIPIENTS = 1024;

export class SmtpTransaction extends TwoSidedTransaction {
  loggedEvents?: number;
  mailFrom: Uint8Array | undefined;
  readonly rcptTo: Uint8Array[] = [];
  header: HeaderFields | undefined;
  /** The whole message was received. */
  whole = false;
  bodyMd5: string | undefined;
  readonly urls: string[] = [];
  readonly attachments: string[] = [];
  /** Contents of its files, one after the other. */
  body: InspectedBody | undefined;

  constructor(
    id: number,
    public helo: Uint8Array | undefined,
    readonly settings: SmtpSettings,
  ) {
    super(id);
  }

  addRecipient(recipient: Uint8Array): void {
    if (this.rcptTo.length < MAX_RECIPIENTS) this.rcptTo.push(recipient);
  }
}
