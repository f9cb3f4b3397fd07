/** Types of resource records (IANA "DNS Parameters") and response codes, with their names in records. */
export const A = 1;
export const NS = 2;
export const CNAME = 5;
export const SOA = 6;
export const NULL = 10;
export const PTR = 12;
export const MX = 15;
export const TXT = 16;
export const AAAA = 28;
export const SRV = 33;
export const OPT = 41;
export const SSHFP = 44;

export const TYPES: Readonly<Record<string, number>> = {
  A,
  NS,
  MD: 3,
  MF: 4,
  CNAME,
  SOA,
  MB: 7,
  MG: 8,
  MR: 9,
  NULL,
  WKS: 11,
  PTR,
  HINFO: 13,
  MINFO: 14,
  MX,
  TXT,
  RP: 17,
  AFSDB: 18,
  X25: 19,
  ISDN: 20,
  RT: 21,
  NSAP: 22,
  NSAPPTR: 23,
  SIG: 24,
  KEY: 25,
  PX: 26,
  GPOS: 27,
  AAAA,
  LOC: 29,
  NXT: 30,
  SRV,
  ATMA: 34,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  A6: 38,
  DNAME: 39,
  OPT,
  APL: 42,
  DS: 43,
  SSHFP,
  IPSECKEY: 45,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  HIP: 55,
  CDS: 59,
  CDNSKEY: 60,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  TKEY: 249,
  TSIG: 250,
  MAILA: 254,
  ANY: 255,
  URI: 256,
};

export const CODES: Readonly<Record<string, number>> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADVERS: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADMODE: 19,
  BADNAME: 20,
  BADALG: 21,
  BADTRUNC: 22,
};

const typeNames = new Map(Object.entries(TYPES).map(([name, number]) => [number, name]));
const codeNames = new Map(Object.entries(CODES).map(([name, number]) => [number, name]));

/** `AAAA`; the number for types without a name. */
export const typeName = (type: number): string => typeNames.get(type) ?? String(type);

export const codeName = (code: number): string => codeNames.get(code) ?? String(code);
