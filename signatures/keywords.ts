/** All keywords of the signature language, by name. */
import type { Protocol } from '../engine/protocol.js';
import type { Keyword } from './keyword.js';
import { absentKeywords } from './keywords/absent.js';
import { asn1Compilers, asn1Keywords } from './keywords/asn1.js';
import { base64Compilers, base64Keywords } from './keywords/base64.js';
import { bufferKeywords } from './keywords/buffers.js';
import { byteExtractCompilers, byteExtractKeywords } from './keywords/byte-extract.js';
import { byteJumpCompilers, byteJumpKeywords } from './keywords/byte-jump.js';
import { byteTestCompilers, byteTestKeywords } from './keywords/byte-test.js';
import { checksumCompilers, checksumKeywords } from './keywords/checksums.js';
import { contentKeywords } from './keywords/content.js';
import { contentModifierKeywords } from './keywords/content-modifiers.js';
import { detectionCompilers, detectionKeywords } from './keywords/detection.js';
import { entropyCompilers, entropyKeywords } from './keywords/entropy.js';
import { fastPatternKeywords } from './keywords/fast-pattern.js';
import { frameBuffers, frameKeyword } from './keywords/frame.js';
import { geoipCompilers, geoipKeywords } from './keywords/geoip.js';
import { headerBufferKeywords } from './keywords/header-buffers.js';
import { icmpCompilers, icmpKeywords } from './keywords/icmp.js';
import { ipCompilers, ipKeywords } from './keywords/ip.js';
import { isDataAtCompilers, isDataAtKeywords } from './keywords/isdataat.js';
import { l3ProtoCompilers, l3ProtoKeywords } from './keywords/l3-proto.js';
import { luaCompilers, luaKeywords } from './keywords/lua.js';
import { metaKeywords } from './keywords/meta.js';
import { pcreKeywords } from './keywords/pcre.js';
import { protocolBuffers, protocolKeywords } from './keywords/protocol-keywords.js';
import { requiresKeywords } from './keywords/requires.js';
import { rpcCompilers, rpcKeywords } from './keywords/rpc.js';
import { sizeCompilers, sizeKeywords } from './keywords/size.js';
import { tcpCompilers, tcpKeywords } from './keywords/tcp.js';
import { vlanCompilers, vlanKeywords } from './keywords/vlan.js';
import type { MatchCompiler } from './match-compiler.js';
import type { RuleBuffer } from './rule-context.js';
import { tenantCompilers } from './tenant-condition.js';
import { transformKeyword } from './transform.js';
import { TRANSFORMS } from './transforms.js';

/** Keywords of the engine. */
const KEYWORDS: readonly Keyword[] = [
  ...metaKeywords,
  ...requiresKeywords,
  ...contentKeywords,
  ...contentModifierKeywords,
  ...fastPatternKeywords,
  ...bufferKeywords,
  ...pcreKeywords,
  ...sizeKeywords,
  ...detectionKeywords,
  ...asn1Keywords,
  ...base64Keywords,
  ...byteExtractKeywords,
  ...byteJumpKeywords,
  ...byteTestKeywords,
  ...checksumKeywords,
  ...entropyKeywords,
  ...geoipKeywords,
  ...icmpKeywords,
  ...ipKeywords,
  ...isDataAtKeywords,
  ...l3ProtoKeywords,
  ...luaKeywords,
  ...rpcKeywords,
  ...tcpKeywords,
  ...vlanKeywords,
  ...headerBufferKeywords,
  ...TRANSFORMS.map(transformKeyword),
];

/** The compilers of their conditions. */
export const MATCH_COMPILERS: readonly MatchCompiler[] = [
  ...sizeCompilers,
  ...detectionCompilers,
  ...asn1Compilers,
  ...base64Compilers,
  ...byteExtractCompilers,
  ...byteJumpCompilers,
  ...byteTestCompilers,
  ...checksumCompilers,
  ...entropyCompilers,
  ...geoipCompilers,
  ...icmpCompilers,
  ...ipCompilers,
  ...isDataAtCompilers,
  ...l3ProtoCompilers,
  ...luaCompilers,
  ...rpcCompilers,
  ...tcpCompilers,
  ...vlanCompilers,
  ...tenantCompilers,
];

/** Keywords currently available to rules. */
export function supportedKeywords(protocols: readonly Protocol[]): Keyword[] {
  return [
    ...new Map(
      [...KEYWORDS, frameKeyword(protocols), ...protocolKeywords(protocols)].map(each => [each.name, each]),
    ).values(),
  ];
}

/**
 * Keywords by name and alias, including those of the given protocols; existing keywords replace those listed as absent.
 */
export function keywordsByName(protocols: readonly Protocol[]): Map<string, Keyword> {
  const known = new Map<string, Keyword>();
  for (const keyword of absentKeywords()) known.set(keyword.name, keyword);
  for (const keyword of supportedKeywords(protocols)) {
    known.set(keyword.name, keyword);
    for (const alias of keyword.aliases ?? []) known.set(alias, keyword);
  }
  return known;
}

/** Buffers by keyword. */
export function buffersByKeyword(protocols: readonly Protocol[]): Map<string, RuleBuffer> {
  const known = new Map<string, RuleBuffer>();
  for (const buffer of [...protocolBuffers(protocols), ...frameBuffers(protocols)])
    known.set(buffer.keyword, buffer);
  return known;
}
