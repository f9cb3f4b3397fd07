/** Events of HTTP/2, as `app-layer-event:http2.…` names them. */
export const EVENTS = [
  'invalid_frame_header',
  'invalid_client_magic',
  'invalid_frame_data',
  'invalid_header',
  'invalid_frame_length',
  'extra_header_data',
  'long_frame_data',
  'stream_id_reuse',
  'invalid_http1_settings',
  'failed_decompression',
  'invalid_range',
  'header_integer_overflow',
  'too_many_streams',
  'authority_host_mismatch',
  'userinfo_in_uri',
  'reassembly_limit_reached',
  'dns_request_too_long',
  'dns_response_too_long',
  'data_stream_zero',
] as const;

export type Http2Event = (typeof EVENTS)[number];
