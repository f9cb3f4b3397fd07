/** Names of IKE numbers (IANA's registries of IKEv1 and IKEv2 parameters). */
type Names = Readonly<Record<number, string>>;

const numbered = (first: number, names: string): Names =>
  Object.fromEntries(names.split(' ').map((name, i) => [first + i, name]));

export const PAYLOADS_2: Names = {
  0: 'NoNextPayload',
  ...numbered(
    33,
    'SecurityAssociation KeyExchange IdentInitiator IdentResponder Certificate CertificateRequest Authentication Nonce ' +
      'Notify Delete VendorID TrafficSelectorInitiator TrafficSelectorResponder EncryptedAndAuthenticated ' +
      'Configuration ExtensibleAuthentication',
  ),
};

export const PAYLOADS_1: Names = numbered(
  0,
  'NoNextPayload SecurityAssociation Proposal Transform KeyExchange Identification Certificate CertificateRequest Hash ' +
    'Signature Nonce Notification Delete VendorID - SaKekPayload SaTekPayload KeyDownload SequenceNumber ' +
    'ProofOfPossession NatDiscovery NatOriginalAddress GroupAssociatedPolicy',
);

export const EXCHANGES_1: Names = {
  0: 'None',
  1: 'Base',
  2: 'Identity Protection',
  3: 'Authentication Only',
  4: 'Aggressive',
  5: 'Informational',
  6: 'Transaction (Configuration)',
  32: 'Quick Mode',
  33: 'New Group Mode',
};

/** Algorithms of version 2 by the type of transform. */
export const TRANSFORMS_2: Readonly<Record<number, Names>> = {
  1: {
    ...numbered(
      1,
      'ENCR_DES_IV64 ENCR_DES ENCR_3DES ENCR_RC5 ENCR_IDEA ENCR_CAST ENCR_BLOWFISH ENCR_3IDEA ENCR_DES_IV32',
    ),
    ...numbered(11, 'ENCR_NULL ENCR_AES_CBC ENCR_AES_CTR ENCR_AES_CCM_8 ENCR_AES_CCM_12 ENCR_AES_CCM_16'),
    ...numbered(18, 'ENCR_AES_GCM_8 ENCR_AES_GCM_12 ENCR_AES_GCM_16 ENCR_NULL_AUTH_AES_GMAC'),
    ...numbered(
      23,
      'ENCR_CAMELLIA_CBC ENCR_CAMELLIA_CTR ENCR_CAMELLIA_CCM_8 ENCR_CAMELLIA_CCM_12 ENCR_CAMELLIA_CCM_16',
    ),
    28: 'ENCR_CHACHA20_POLY1305',
  },
  2: numbered(
    0,
    'PRF_NULL PRF_HMAC_MD5 PRF_HMAC_SHA1 PRF_HMAC_TIGER PRF_AES128_XCBC PRF_HMAC_SHA2_256 PRF_HMAC_SHA2_384 ' +
      'PRF_HMAC_SHA2_512 PRF_AES128_CMAC',
  ),
  3: numbered(
    0,
    'NONE AUTH_HMAC_MD5_96 AUTH_HMAC_SHA1_96 AUTH_DES_MAC AUTH_KPDK_MD5 AUTH_AES_XCBC_96 AUTH_HMAC_MD5_128 ' +
      'AUTH_HMAC_SHA1_160 AUTH_AES_CMAC_96 AUTH_AES_128_GMAC AUTH_AES_192_GMAC AUTH_AES_256_GMAC ' +
      'AUTH_HMAC_SHA2_256_128 AUTH_HMAC_SHA2_384_192 AUTH_HMAC_SHA2_512_256',
  ),
  4: {
    ...numbered(0, 'None Modp768 Modp1024'),
    5: 'Modp1536',
    ...numbered(
      14,
      'Modp2048 Modp3072 Modp4096 Modp6144 Modp8192 Ecp256 Ecp384 Ecp521 Modp1024s160 Modp2048s224 Modp2048s256',
    ),
    ...numbered(
      25,
      'Ecp192 Ecp224 BrainpoolP224r1 BrainpoolP256r1 BrainpoolP384r1 BrainpoolP512r1 Curve25519 Curve448',
    ),
  },
  5: { 0: 'NoESN', 1: 'ESN' },
};
/** Names of the kinds of transforms, for numbers without a name. */
export const TRANSFORM_KINDS: Names = numbered(
  1,
  'IkeTransformEncType IkeTransformPRFType IkeTransformAuthType IkeTransformDHType IkeTransformESNType',
);
/** Their member names in records. */
export const TRANSFORM_MEMBERS: Names = numbered(1, 'alg_enc alg_prf alg_auth alg_dh alg_esn');

/** Attributes of version 1: their member names in records, and names of values. */
export const ATTRIBUTES_1: Readonly<Record<number, { readonly member: string; readonly names: Names }>> = {
  1: {
    member: 'alg_enc',
    names: numbered(
      1,
      'EncDesCbc EncIdeaCbc EncBlowfishCbc EncRc5R16B64Cbc Enc3DesCbc EncCastCbc EncAesCbc EncCamelliaCbc',
    ),
  },
  2: {
    member: 'alg_hash',
    names: numbered(1, 'HashMd5 HashSha HashTiger HashSha2_256 HashSha2_384 HashSha2_512'),
  },
  3: {
    member: 'alg_auth',
    names: numbered(
      1,
      'AuthPreSharedKey AuthDssSignatures AuthRsaSignatures AuthEncryptionWithRsa AuthRevisedEncryptionWithRsa',
    ),
  },
  4: {
    member: 'alg_dh',
    names: {
      ...numbered(
        1,
        'GroupDefault768BitModp GroupAlternate1024BitModpGroup GroupEc2nOnGf2p155 GroupEc2nOnGf2p185 GroupModp1536Bit',
      ),
      ...numbered(14, 'GroupModp2048Bit GroupModp3072Bit GroupModp4096Bit GroupModp6144Bit GroupModp8192Bit'),
    },
  },
  5: { member: 'sa_group_type', names: numbered(1, 'GroupModP GroupEcp GroupEc2n') },
  11: { member: 'sa_life_type', names: numbered(1, 'LifeTypeSeconds LifeTypeKilobytes') },
  12: { member: 'sa_life_duration', names: {} },
  13: { member: 'alg_prf', names: {} },
  14: { member: 'sa_key_length', names: {} },
  15: { member: 'sa_field_size', names: {} },
};

/** Kinds of Notify payloads (RFC 7296 3.10.1, 4739 3, 5685 3, 7383 2.3, 7427 4): errors below 16384. */
export const NOTIFICATIONS: Names = {
  1: 'UNSUPPORTED_CRITICAL_PAYLOAD',
  4: 'INVALID_IKE_SPI',
  5: 'INVALID_MAJOR_VERSION',
  7: 'INVALID_SYNTAX',
  9: 'INVALID_MESSAGE_ID',
  11: 'INVALID_SPI',
  14: 'NO_PROPOSAL_CHOSEN',
  17: 'INVALID_KE_PAYLOAD',
  24: 'AUTHENTICATION_FAILED',
  ...numbered(
    34,
    'SINGLE_PAIR_REQUIRED NO_ADDITIONAL_SAS INTERNAL_ADDRESS_FAILURE FAILED_CP_REQUIRED TS_UNACCEPTABLE ' +
      'INVALID_SELECTORS',
  ),
  ...numbered(43, 'TEMPORARY_FAILURE CHILD_SA_NOT_FOUND'),
  ...numbered(
    16384,
    'INITIAL_CONTACT SET_WINDOW_SIZE ADDITIONAL_TS_POSSIBLE IPCOMP_SUPPORTED NAT_DETECTION_SOURCE_IP ' +
      'NAT_DETECTION_DESTINATION_IP COOKIE USE_TRANSPORT_MODE HTTP_CERT_LOOKUP_SUPPORTED REKEY_SA ' +
      'ESP_TFC_PADDING_NOT_SUPPORTED NON_FIRST_FRAGMENTS_ALSO',
  ),
  ...numbered(16404, 'MULTIPLE_AUTH_SUPPORTED ANOTHER_AUTH_FOLLOWS REDIRECT_SUPPORTED'),
  ...numbered(16430, 'IKEV2_FRAGMENTATION_SUPPORTED SIGNATURE_HASH_ALGORITHMS'),
};
