/**
 * Keywords of Suricata that need something that is not there (an application protocol, mostly). Rules with them
 * are correct but cannot be loaded yet; each is counted with its reason. A keyword that exists replaces the entry
 * of its name here.
 */
import type { Keyword } from '../keyword.js';
import type { RuleBuilder } from '../rule-builder.js';
import type { Position } from '../signature.js';

interface AbsentProtocol {
  /** Sticky buffers. */
  readonly buffers?: string;
  /** Content modifiers of old. */
  readonly modifiers?: string;
  /** Values and tests. */
  readonly values?: string;
}

const PROTOCOLS: Readonly<Record<string, AbsentProtocol>> = {
  http: {
    buffers:
      'http.accept http.accept_enc http.accept_lang http.connection http.content_len http.content_type http.cookie http.header ' +
      'http.header.raw http.header_names http.host http.host.raw http.location http.method http.protocol http.referer ' +
      'http.request_body http.request_header http.request_line http.response_body http.response_header http.response_line ' +
      'http.server http.start http.stat_code http.stat_msg http.uri http.uri.raw http.user_agent http_accept http_accept_enc ' +
      'http_accept_lang http_connection http_content_len http_content_type http_header_names http_protocol http_referer ' +
      'http_request_line http_response_line http_start http2.header_name http2.header',
    modifiers:
      'http_client_body http_cookie http_header http_host http_method http_raw_header http_raw_host http_raw_uri ' +
      'http_server_body http_stat_code http_stat_msg http_uri http_user_agent',
    values:
      'urilen http2.errorcode http2.frametype http2.priority http2.settings http2.size_update http2.window',
  },
  dns: {
    buffers:
      'dns.query dns_query dns.query.name dns.queries.rrname dns.answer.name dns.answers.rrname dns.authorities.rrname ' +
      'dns.additionals.rrname dns.response.rrname',
    values: 'dns.opcode dns.rcode dns.rrtype',
  },
  mdns: {
    buffers:
      'mdns.queries.rrname mdns.answers.rrname mdns.authorities.rrname mdns.additionals.rrname mdns.response.rrname',
  },
  llmnr: {
    buffers:
      'llmnr.queries.rrname llmnr.answers.rrname llmnr.authorities.rrname llmnr.additionals.rrname llmnr.response.rrname',
  },
  tls: {
    buffers:
      'tls.sni tls_sni tls.certs tls.cert_subject tls_cert_subject tls.cert_issuer tls_cert_issuer tls.cert_serial ' +
      'tls_cert_serial tls.cert_fingerprint tls_cert_fingerprint tls.random tls.random_time tls.random_bytes tls.subjectaltname ' +
      'tls.alpn ja3.hash ja3_hash ja3.string ja3s.hash ja3s.string ja4.hash',
    values:
      'tls.version ssl_version ssl_state tls.subject tls.issuerdn tls.fingerprint tls_cert_notbefore ' +
      'tls_cert_notafter tls_cert_valid tls_cert_expired tls.cert_chain_len',
  },
  ssh: {
    buffers:
      'ssh.proto ssh_proto ssh.software ssh_software ssh.hassh ssh-hassh ssh.hassh.string ssh-hassh-string ssh.hassh.server ' +
      'ssh-hassh-server ssh.hassh.server.string ssh-hassh-server-string',
    values: 'ssh.protoversion ssh.softwareversion',
  },
  smtp: {
    buffers:
      'smtp.helo smtp.mail_from smtp.rcpt_to email.from email.to email.cc email.subject email.date email.message_id ' +
      'email.x_mailer email.url email.received email.body_md5',
  },
  ftp: {
    buffers: 'ftp.command ftp.command_data ftp.reply ftp.completion_code ftp.dynamic_port_string',
    values: 'ftp.dynamic_port ftp.mode ftp.reply_received ftpbounce ftpdata_command ftpdata.command',
  },
  ntp: { buffers: 'ntp.reference_id', values: 'ntp.version ntp.mode ntp.stratum' },
  mqtt: {
    buffers:
      'mqtt.connect.clientid mqtt.connect.password mqtt.connect.protocol_string mqtt.connect.username mqtt.connect.willmessage ' +
      'mqtt.connect.willtopic mqtt.publish.message mqtt.publish.topic mqtt.subscribe.topic mqtt.unsubscribe.topic',
    values:
      'mqtt.connack.session_present mqtt.connack.sessionpresent mqtt.connect.flags mqtt.flags mqtt.protocol_version mqtt.qos ' +
      'mqtt.reason_code mqtt.connack.return_code mqtt.type',
  },
  ldap: {
    buffers:
      'ldap.request.dn ldap.responses.dn ldap.responses.message ldap.request.attribute_type ldap.responses.attribute_type',
    values: 'ldap.request.operation ldap.responses.operation ldap.responses.count ldap.responses.result_code',
  },
  template: { buffers: 'template.buffer template_rust_buffer' },
};

/** What is not there for other reasons. */
const ENGINE: Readonly<Record<string, AbsentProtocol>> = {
  files: {
    buffers: 'file.data file_data file.name file.magic',
    values: 'filename fileext filemagic filemd5 filesha1 filesha256 filesize filestore',
  },
  'detection state': {
    values:
      'flow flowbits flowint flowvar pktvar xbits hostbits threshold detection_filter tag dataset datarep iprep noalert alert ' +
      'prefilter bypass stream_size app-layer-event app-layer-protocol app-layer-state decode-event stream-event engine-event ' +
      'flow.age flow.pkts flow.bytes flow.pkts_toserver flow.pkts_toclient flow.bytes_toserver flow.bytes_toclient ' +
      'flow.elephant config tcp.session',
  },
};

function absent(
  name: string,
  reason: string,
  family: string,
  act?: (rule: RuleBuilder, at: Position) => void,
): Keyword {
  return {
    name,
    family,
    summary: `Not supported yet: ${reason}`,
    grammar: 'anything',
    features: ['optional argument'],
    parse(rule, _, at) {
      rule.markUnsupported(reason);
      act?.(rule, at);
    },
  };
}

function* keywordsOf(
  group: string,
  names: AbsentProtocol,
  reason: (name: string) => string,
): Generator<Keyword> {
  const words = (text: string | undefined) => (text ? text.split(' ') : []);
  for (const name of words(names.buffers)) {
    yield absent(name, reason(name), group, (rule, at) =>
      rule.setBuffer(name === 'file_data' ? 'file.data' : name, at, { multiple: true }),
    );
  }
  for (const name of words(names.modifiers)) yield absent(name, reason(name), group);
  for (const name of words(names.values)) {
    yield absent(name, reason(name), group, rule => {
      // A condition like any other: a sticky buffer before it may be used by it.
      if (rule.sticky) rule.addToBuffer({ kind: 'unknown', keyword: name });
    });
  }
}

/** All of them. */
export function absentKeywords(): Keyword[] {
  const list: Keyword[] = [];
  for (const [protocol, names] of Object.entries(PROTOCOLS)) {
    list.push(...keywordsOf(protocol, names, () => `protocol ${protocol} is not supported yet`));
  }
  for (const [group, names] of Object.entries(ENGINE)) {
    list.push(...keywordsOf(group, names, name => `keyword ${name} is not supported yet`));
  }
  return list;
}
