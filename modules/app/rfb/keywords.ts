/** Keywords of RFB. */
import type { BufferDeclaration, ValueDeclaration } from '../../../engine/protocol.js';
import { COMPLETE, type RfbTransaction } from './transaction.js';

/** Named results; any other number counts as the last of them. */
const RESULTS = { ok: 0, fail: 1, toomany: 2, unknown: 3 } as const;

export const BUFFERS: readonly BufferDeclaration<RfbTransaction>[] = [
  {
    keyword: 'rfb.name',
    direction: 'to_client',
    progress: COMPLETE,
    summary: 'Name of the desktop.',
    get: ({ frameBuffer }) => frameBuffer?.name,
  },
];

export const VALUES: readonly ValueDeclaration<RfbTransaction>[] = [
  {
    keyword: 'rfb.sectype',
    // The client selects it.
    direction: 'to_server',
    progress: COMPLETE,
    bits: 32,
    summary: 'Chosen security type.',
    get: ({ securityType }) => (securityType === undefined ? [] : [securityType]),
  },
  {
    keyword: 'rfb.secresult',
    direction: 'to_client',
    progress: COMPLETE,
    bits: 32,
    names: RESULTS,
    summary: 'Result of the security handshake: ok, fail, toomany or unknown.',
    get: ({ securityResult }) =>
      securityResult === undefined ? [] : [Math.min(securityResult, RESULTS.unknown)],
  },
];
