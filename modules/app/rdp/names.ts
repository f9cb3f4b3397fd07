/** Names of numbers (MS-RDPBCGR 2.2.1). */
type Names = Readonly<Record<number, string>>;

/** Names of the bits set, from the lowest on. */
export function bits(value: number, names: readonly (string | undefined)[]): string[] {
  return names.filter((name, bit): name is string => name !== undefined && ((value >> bit) & 1) === 1);
}

export const REQUEST_FLAGS = [
  'restricted_admin_mode_required',
  'redirected_authentication_mode_required',
  undefined,
  'correlation_info_present',
] as const;
export const RESPONSE_FLAGS = [
  'extended_client_data',
  'dynvc_gfx',
  undefined,
  'restricted_admin',
  'redirected_authentication',
] as const;
export const PROTOCOLS: Names = { 0: 'rdp', 1: 'ssl', 2: 'hybrid', 4: 'rds_tls', 8: 'hybrid_ex' };
export const FAILURES: Names = {
  1: 'ssl required by server',
  2: 'ssl not allowed by server',
  3: 'ssl cert not on server',
  4: 'inconsistent flags',
  5: 'hybrid required by server',
  6: 'ssl with user auth required by server',
};

export const VERSIONS: Names = {
  524289: 'v4',
  524292: 'v5',
  ...Object.fromEntries(Array.from({ length: 8 }, (_, minor) => [524293 + minor, `v10.${minor}`])),
};
export const BUILDS: Names = {
  2195: 'Windows 2000',
  2600: 'Windows XP',
  3790: 'Windows Server 2003',
  6000: 'Windows Vista',
  6001: 'Windows Vista SP1',
  6002: 'Windows Vista SP2',
  7600: 'Windows 7',
  7601: 'Windows 7 SP1',
  9200: 'Windows 8',
  9600: 'Windows 8.1',
  10240: 'Windows 10',
  10586: 'Windows 10 (1511)',
  14393: 'Windows 10 (1607)',
  15063: 'Windows 10 (1703)',
  16299: 'Windows 10 (1709)',
  17134: 'Windows 10 (1803)',
  17763: 'Windows 10 (1809)',
  18362: 'Windows 10 (1903)',
  18363: 'Windows 10 (1909)',
};
export const KEYBOARD_TYPES: Names = {
  1: 'xt',
  2: 'ico',
  3: 'at',
  4: 'enhanced',
  5: '1050',
  6: '9140',
  7: 'jp',
};
/** By language identifier (MS-LCID). */
export const KEYBOARD_LAYOUTS: Names = {
  1025: 'ar-SA',
  1028: 'zh-TW',
  1029: 'cs-CZ',
  1030: 'da-DK',
  1031: 'de-DE',
  1032: 'el-GR',
  1033: 'en-US',
  1034: 'es-ES',
  1035: 'fi-FI',
  1036: 'fr-FR',
  1037: 'he-IL',
  1038: 'hu-HU',
  1040: 'it-IT',
  1041: 'ja-JP',
  1042: 'ko-KR',
  1043: 'nl-NL',
  1044: 'nb-NO',
  1045: 'pl-PL',
  1046: 'pt-BR',
  1048: 'ro-RO',
  1049: 'ru-RU',
  1053: 'sv-SE',
  1055: 'tr-TR',
  1058: 'uk-UA',
  2052: 'zh-CN',
  2055: 'de-CH',
  2057: 'en-GB',
  2058: 'es-MX',
  2070: 'pt-PT',
  3079: 'de-AT',
  3081: 'en-AU',
  3082: 'es-ES',
  4105: 'en-CA',
  4108: 'fr-CH',
};
export const CAPABILITIES = [
  'support_errinfo_pdf',
  'want_32bpp_session',
  'support_statusinfo_pdu',
  'strong_asymmetric_keys',
  undefined,
  'valid_connection_type',
  'support_monitor_layout_pdu',
  'support_netchar_autodetect',
  'support_dynvc_gfx_protocol',
  'support_dynamic_time_zone',
  'support_heartbeat_pdu',
] as const;
export const CONNECTION_HINTS: Names = {
  1: 'modem',
  2: 'low_broadband',
  3: 'satellite',
  4: 'high_broadband',
  5: 'wan',
  6: 'lan',
  7: 'autodetect',
};
