/** Each message of the application layer is a transaction, in its own direction. */
import { OneSidedTransaction } from '../../../engine/protocol.js';
import type { ApplicationMessage } from './application.js';
import type { LinkHeader } from './link.js';

export const COMPLETE = 1;
export const EVENTS = [
  'flooded',
  'len_too_small',
  'bad_link_crc',
  'bad_transport_crc',
  'malformed',
  'unknown_object',
  'max_points_per_object',
  'too_many_objects',
  'too_long_reassembly',
] as const;

export class Dnp3Transaction extends OneSidedTransaction {
  constructor(
    id: number,
    /** Header of the first frame. */
    readonly link: LinkHeader | undefined,
    /** Transport header of the first frame. */
    readonly transport: number | undefined,
    /** Undefined if it is not a valid message. */
    readonly message: ApplicationMessage | undefined,
    toServer: boolean,
  ) {
    super(id, toServer);
  }
}
