/** The EVE record of a handshake. */
import { bytesText } from '../../../engine/record/bytes-text.js';
import type { FrameBuffer, RfbTransaction } from './transaction.js';

const RESULTS = ['OK', 'FAIL', 'TOOMANY'] as const;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export function rfbRecord(transaction: RfbTransaction): string {
  const { serverVersion, clientVersion, failureReason, shared, frameBuffer } = transaction;
  const members = {
    ...(serverVersion && { server_protocol_version: serverVersion }),
    ...(clientVersion && { client_protocol_version: clientVersion }),
    ...(transaction.securityType !== undefined && { authentication: authentication(transaction) }),
    ...(failureReason && { server_security_failure_reason: bytesText(failureReason) }),
    ...(shared !== undefined && { screen_shared: shared }),
    ...(frameBuffer && { framebuffer: frameBufferJson(frameBuffer) }),
  };
  return `"rfb":${JSON.stringify(members)}`;
}

function authentication({ securityType, challenge, response, securityResult }: RfbTransaction): object {
  return {
    security_type: securityType,
    ...((challenge || response) && {
      vnc: { ...(challenge && { challenge: hex(challenge) }), ...(response && { response: hex(response) }) },
    }),
    ...(securityResult !== undefined && {
      security_result: RESULTS[securityResult] ?? `UNKNOWN (${securityResult})`,
    }),
  };
}

function frameBufferJson({ width, height, name, format }: FrameBuffer): object {
  return { width, height, name: bytesText(name), pixel_format: format };
}
