/** Turns valid rules into invalid ones. */
import { randomNumbers } from '../pseudo-random.js';

/** Rules that use most of the language. */
const SAMPLES: readonly string[] = [
  'alert tcp $HOME_NET any -> $EXTERNAL_NET [80,443,!8080] (msg:"one \\"two\\" \\; three"; flow:established,to_server; content:"GET|20|/"; depth:5; nocase; content:!"x"; within:10; distance:-3; fast_pattern:only; classtype:trojan-activity; sid:1; rev:2;)',
  'drop udp ![10.0.0.0/8,fe80::/10] 1024: <> any !53 (msg:"ü 日本"; byte_test:4,!&,0x80000000,-4,relative,little,bitmask 0xff; byte_jump:2,0,relative,align,multiplier 2,post_offset -1; byte_extract:1,0,name,string,dec; content:"|00 ff|"; offset:name; isdataat:!1,relative; sid:2;)',
  'alert ip [1.2.3.4-1.2.3.9,$HOME_NET] any -> any any (byte_math:bytes 2, offset 1, oper <<, rvalue 3, result r, endian little, string hex; pcre:"/^a(?P<flow_x>b+)[^\\/]*$/Rsmi, pkt:y"; dsize:10<>20; ttl:>5; tos:!8; ipopts:rr; fragbits:+MD; flags:SA,12; id:1; sid:3; gid:4;)',
  'alert sample any any -> any any (sample.uri; url_decode; to_lowercase; pcrexform:"(a+)"; content:"abc"; startswith; bsize:3<>9; sample.body; content:"x"; endswith; sample.code:ok; sample.mode:fast; pkt_data; base64_decode:bytes 4, offset 2, relative; base64_data; content:"y"; sid:5; metadata:a b, c d;)',
  'alert http any any => any any (http.method; content:"POST"; http.uri; content:"/a"; file.data; entropy:value 3-5; requires: version >= 8.0 < 9 | >= 10, feature ja3; reference:url,example.org/a; target:dest_ip; threshold:type limit, track by_src, count 1, seconds 60; sid:6;)',
  'alert icmp any any -> any any (itype:8; icode:<4; icmp_id:0x10; icmp_seq:1; vlan.id:5,all; tcp.hdr; content:"|41|"; xor:"00ff"; rpc:100000,*,3; priority:3; sid:7;)',
];

const SNIPPETS: readonly string[] = [
  '"',
  ';',
  ':',
  '|',
  '\\',
  '(',
  ')',
  '[',
  ']',
  '!',
  ',',
  ' ',
  '$',
  '-',
  '<>',
  '=>',
  '0',
  '4294967296',
  '-1',
  '65536',
  '0x',
  '%',
  '/',
  '\t',
  '\u{1f43e}',
  '\x00',
  'ÿ',
  'content:"',
  'pcre:"/',
  '__proto__',
  'constructor',
  'toString',
  'any',
  'sid:1;',
  'nocase;',
  '999999999999999999999',
];

/** Arguments that must not crash any keyword. */
export const ODD_ARGUMENTS: readonly string[] = [
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  ',',
  ',,',
  ' , ',
  '!',
  '!!',
  '-',
  '""',
  '"',
  '":"',
  '0',
  '-0',
  '1e9',
  'NaN',
  'null',
  '<>',
  '1<>',
  '<>1',
  '(',
  '[',
  '/',
  '//',
  '/(/',
  '%s',
  'any',
  'constructor,constructor',
  'constructor constructor',
  'set,constructor',
  'track by_src, count constructor, seconds __proto__',
  'type constructor, track constructor, count 1, seconds 1',
  '\u00e9',
  'ü',
  '\\',
  'a\\',
  '9'.repeat(400),
  'x'.repeat(400),
];

/** @yields rules of one line each */
export function* mutatedRules(seed: number, count: number, samples = SAMPLES): Generator<string> {
  const random = randomNumbers(seed);
  for (let i = 0; i < count; i++) {
    let rule = samples[random(samples.length)]!;
    for (let changes = 1 + random(4); changes > 0; changes--) rule = mutatedRule(rule, random);
    // A backslash at the end would join the next line.
    yield rule.replaceAll(/[\r\n]/g, ' ').replace(/\\\s*$/, '');
  }
}

function mutatedRule(rule: string, random: (n: number) => number): string {
  const at = random(rule.length + 1);
  const length = 1 + random(12);
  const snippet = SNIPPETS[random(SNIPPETS.length)]!;
  switch (random(6)) {
    case 0:
      return rule.slice(0, at) + rule.slice(at + length);
    case 1:
      return rule.slice(0, at) + snippet + rule.slice(at);
    case 2:
      return rule.slice(0, at) + snippet + rule.slice(at + length);
    case 3:
      return rule.slice(0, at) + rule.slice(at, at + length).repeat(2) + rule.slice(at + length);
    case 4:
      return withOptionMoved(rule, random);
    default:
      return rule.slice(0, at) + String.fromCodePoint(random(0x2ff)) + rule.slice(at + 1);
  }
}

/** Options in another order, omitted or repeated. */
function withOptionMoved(rule: string, random: (n: number) => number): string {
  const parts = rule.split(';');
  const [removed] = parts.splice(random(parts.length), 1);
  if (random(3) > 0) parts.splice(random(parts.length + 1), 0, removed!);
  if (random(4) === 0) parts.splice(random(parts.length + 1), 0, removed!);
  return parts.join(';');
}
