/** Each message of the connection setup is a transaction, in its own direction. */
import { OneSidedTransaction } from '../../../engine/protocol.js';
import type { ConnectRequest } from './connect-request.js';
import type { InitialRequest, InitialResponse } from './x224.js';

export const COMPLETE = 1;

export type RdpItem =
  | { readonly type: 'initial_request'; readonly request: InitialRequest }
  | { readonly type: 'initial_response'; readonly response: InitialResponse }
  | { readonly type: 'connect_request'; readonly connect: ConnectRequest }
  | { readonly type: 'connect_response' }
  /** Serial numbers of certificates, in hexadecimal. */
  | { readonly type: 'tls_handshake'; readonly serials: readonly string[] };

export class RdpTransaction extends OneSidedTransaction {
  constructor(
    id: number,
    readonly item: RdpItem,
    toServer: boolean,
  ) {
    super(id, toServer);
  }
}
