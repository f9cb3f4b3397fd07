/** The EVE record of a message. */
import { latin1Text } from '../../../engine/record/bytes-text.js';
import type { ClientCore, ConnectRequest } from './connect-request.js';
import * as Name from './names.js';
import type { RdpTransaction } from './transaction.js';
import type { InitialRequest, InitialResponse } from './x224.js';

export function rdpRecord({ id, item }: RdpTransaction): string {
  return `"rdp":${JSON.stringify({ tx_id: id, event_type: item.type, ...detail(item) })}`;
}

function detail(item: RdpTransaction['item']): object {
  switch (item.type) {
    case 'initial_request':
      return requestJson(item.request);
    case 'initial_response':
      return responseJson(item.response);
    case 'connect_request':
      return connectJson(item.connect);
    case 'connect_response':
      return {};
    case 'tls_handshake':
      return { x509_serials: item.serials };
  }
}

function requestJson({ cookie, flags }: InitialRequest): object {
  return {
    ...(cookie !== undefined && { cookie: latin1Text(cookie) }),
    ...(flags && { flags: Name.bits(flags, Name.REQUEST_FLAGS) }),
  };
}

function responseJson({ flags, protocol, failure }: InitialResponse): object {
  return {
    ...(failure !== undefined && { error_code: failure, reason: Name.FAILURES[failure] ?? 'unknown' }),
    ...(flags && { server_supports: Name.bits(flags, Name.RESPONSE_FLAGS) }),
    ...(protocol !== undefined && { protocol: Name.PROTOCOLS[protocol] ?? `unknown-${protocol}` }),
  };
}

function connectJson({ core, channels }: ConnectRequest): object {
  return {
    ...(core && { client: clientJson(core) }),
    ...(channels.length > 0 && { channels: channels.map(latin1Text) }),
  };
}

function clientJson(core: ClientCore): object {
  return {
    version: Name.VERSIONS[core.version] ?? 'unknown',
    desktop_width: core.width,
    desktop_height: core.height,
    color_depth: core.colorDepth,
    keyboard_layout: Name.KEYBOARD_LAYOUTS[core.keyboardLayout & 0xffff] ?? 'unknown',
    build: Name.BUILDS[core.build] ?? 'unknown',
    ...(core.name !== '' && { client_name: core.name }),
    keyboard_type: Name.KEYBOARD_TYPES[core.keyboardType] ?? 'unknown',
    ...(core.keyboardSubtype !== 0 && { keyboard_subtype: core.keyboardSubtype }),
    function_keys: core.functionKeys,
    ...(core.ime !== '' && { ime: core.ime }),
    ...(core.productId !== undefined && { product_id: core.productId }),
    ...(core.serialNumber && { serial_number: core.serialNumber }),
    ...(core.capabilities && { capabilities: Name.bits(core.capabilities, Name.CAPABILITIES) }),
    ...(core.id && { id: core.id }),
    ...(core.connectionHint && {
      connection_hint: Name.CONNECTION_HINTS[core.connectionHint] ?? 'not_specified',
    }),
    ...(core.physicalWidth && { physical_width: core.physicalWidth }),
    ...(core.physicalHeight && { physical_height: core.physicalHeight }),
    ...(core.orientation && { desktop_orientation: core.orientation }),
    ...(core.scaleFactor && { scale_factor: core.scaleFactor }),
    ...(core.deviceScaleFactor && { device_scale_factor: core.deviceScaleFactor }),
  };
}
