/** Header fields that EVE records of HTTP log as members of their own: the names allowed in `custom` of the output. */

const OF_REQUESTS = [
  'accept',
  'accept_charset',
  'accept_datetime',
  'accept_encoding',
  'accept_language',
  'authorization',
  'cache_control',
  'cookie',
  'dnt',
  'from',
  'max_forwards',
  'org_src_ip',
  'origin',
  'pragma',
  'proxy_authorization',
  'range',
  'referrer',
  'te',
  'true_client_ip',
  'via',
  'x_authenticated_user',
  'x_bluecoat_via',
  'x_flash_version',
  'x_forwarded_proto',
  'x_requested_with',
] as const;

const OF_RESPONSES = [
  'accept_range',
  'age',
  'allow',
  'connection',
  'content_encoding',
  'content_language',
  'content_length',
  'content_location',
  'content_md5',
  'content_range',
  'content_type',
  'date',
  'etags',
  'expires',
  'last_modified',
  'link',
  'location',
  'proxy_authenticate',
  'refresh',
  'retry_after',
  'server',
  'set_cookie',
  'trailer',
  'transfer_encoding',
  'upgrade',
  'vary',
  'warning',
  'www_authenticate',
] as const;

/** Fields whose name on the wire is not the member's name with hyphens. */
const ON_THE_WIRE: Readonly<Record<string, string>> = {
  accept_range: 'accept-ranges',
  etags: 'etag',
  referrer: 'referer',
};

/** A member and the header field that it logs. */
export interface CustomField {
  readonly member: string;
  /** Lower case. */
  readonly field: string;
  readonly ofRequest: boolean;
}

/** @param names in any case, with hyphens or underscores; unknown ones are ignored */
export function customFields(names: readonly string[]): readonly CustomField[] {
  const wanted = new Set(names.map(name => name.toLowerCase().replaceAll('-', '_')));
  return [...fieldsOf(OF_REQUESTS, true), ...fieldsOf(OF_RESPONSES, false)].filter(({ member }) =>
    wanted.has(member),
  );
}

function fieldsOf(members: readonly string[], ofRequest: boolean): readonly CustomField[] {
  return members.map(member => ({
    member,
    field: ON_THE_WIRE[member] ?? member.replaceAll('_', '-'),
    ofRequest,
  }));
}
