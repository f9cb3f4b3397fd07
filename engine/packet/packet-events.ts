/**
 * Numbers of decoder and stream events: bits of a packet's row (see `setEvent` of `packet.ts`).
 *
 * Decoder events count from 0, stream events from FIRST_STREAM_EVENT. Their names, those of Suricata, are in the same
 * order in `packet-event-names.ts`.
 */

// ── decoder events ───────────────────────────────────────────────────────────────────────────────────
export const IPV4_PKT_TOO_SMALL = 0;
export const IPV4_HLEN_TOO_SMALL = 1;
export const IPV4_IPLEN_SMALLER_THAN_HLEN = 2;
export const IPV4_TRUNC_PKT = 3;
export const IPV4_OPT_INVALID = 4;
export const IPV4_OPT_INVALID_LEN = 5;
export const IPV4_OPT_MALFORMED = 6;
export const IPV4_OPT_PAD_REQUIRED = 7;
export const IPV4_OPT_EOL_REQUIRED = 8;
export const IPV4_OPT_DUPLICATE = 9;
export const IPV4_OPT_UNKNOWN = 10;
export const IPV4_WRONG_IP_VERSION = 11;
export const IPV4_ICMPV6 = 12;
export const IPV4_FRAG_PKT_TOO_LARGE = 13;
export const IPV4_FRAG_OVERLAP = 14;
export const IPV4_FRAG_IGNORED = 15;

export const ICMPV4_PKT_TOO_SMALL = 16;
export const ICMPV4_UNKNOWN_TYPE = 17;
export const ICMPV4_UNKNOWN_CODE = 18;
export const ICMPV4_IPV4_TRUNC_PKT = 19;
export const ICMPV4_IPV4_UNKNOWN_VER = 20;

export const ICMPV6_UNKNOWN_TYPE = 21;
export const ICMPV6_UNKNOWN_CODE = 22;
export const ICMPV6_PKT_TOO_SMALL = 23;
export const ICMPV6_IPV6_UNKNOWN_VERSION = 24;
export const ICMPV6_IPV6_TRUNC_PKT = 25;
export const ICMPV6_MLD_MESSAGE_WITH_INVALID_HL = 26;
export const ICMPV6_UNASSIGNED_TYPE = 27;
export const ICMPV6_EXPERIMENTATION_TYPE = 28;

export const IGMP_PKT_TOO_SMALL = 29;
export const IGMP_MALFORMED = 30;
export const IGMP_V3_PKT_TOO_SMALL = 31;

export const IPV6_PKT_TOO_SMALL = 32;
export const IPV6_TRUNC_PKT = 33;
export const IPV6_TRUNC_EXTHDR = 34;
export const IPV6_EXTHDR_DUPL_FH = 35;
export const IPV6_EXTHDR_USELESS_FH = 36;
export const IPV6_EXTHDR_DUPL_RH = 37;
export const IPV6_EXTHDR_DUPL_HH = 38;
export const IPV6_EXTHDR_DUPL_DH = 39;
export const IPV6_EXTHDR_DUPL_AH = 40;
export const IPV6_EXTHDR_DUPL_EH = 41;
export const IPV6_EXTHDR_INVALID_OPTLEN = 42;
export const IPV6_WRONG_IP_VERSION = 43;
export const IPV6_EXTHDR_AH_RES_NOT_NULL = 44;
export const IPV6_HOPOPTS_UNKNOWN_OPT = 45;
export const IPV6_HOPOPTS_ONLY_PADDING = 46;
export const IPV6_DSTOPTS_UNKNOWN_OPT = 47;
export const IPV6_DSTOPTS_ONLY_PADDING = 48;
export const IPV6_RH_TYPE_0 = 49;
export const IPV6_ZERO_LEN_PADN = 50;
export const IPV6_FH_NON_ZERO_RESERVED_FIELD = 51;
export const IPV6_DATA_AFTER_NONE_HEADER = 52;
export const IPV6_UNKNOWN_NEXT_HEADER = 53;
export const IPV6_ICMPV4 = 54;
export const IPV6_FRAG_PKT_TOO_LARGE = 55;
export const IPV6_FRAG_OVERLAP = 56;
export const IPV6_FRAG_INVALID_LENGTH = 57;
export const IPV6_FRAG_IGNORED = 58;
export const IPV6_IPV4_IN_IPV6_TOO_SMALL = 59;
export const IPV6_IPV4_IN_IPV6_WRONG_VERSION = 60;
export const IPV6_IPV6_IN_IPV6_TOO_SMALL = 61;
export const IPV6_IPV6_IN_IPV6_WRONG_VERSION = 62;

export const TCP_PKT_TOO_SMALL = 63;
export const TCP_HLEN_TOO_SMALL = 64;
export const TCP_INVALID_OPTLEN = 65;
export const TCP_OPT_INVALID_LEN = 66;
export const TCP_OPT_DUPLICATE = 67;

export const UDP_PKT_TOO_SMALL = 68;
export const UDP_HLEN_TOO_SMALL = 69;
export const UDP_HLEN_INVALID = 70;
export const UDP_LEN_INVALID = 71;

export const SCTP_PKT_TOO_SMALL = 72;
export const SCTP_TOO_MANY_CHUNKS = 73;

export const ESP_PKT_TOO_SMALL = 74;

export const ARP_PKT_TOO_SMALL = 75;
export const ARP_UNSUPPORTED_HARDWARE = 76;
export const ARP_UNSUPPORTED_PROTOCOL = 77;
export const ARP_UNSUPPORTED_PKT = 78;
export const ARP_INVALID_HARDWARE_SIZE = 79;
export const ARP_INVALID_PROTOCOL_SIZE = 80;
export const ARP_UNSUPPORTED_OPCODE = 81;

export const ETHERNET_PKT_TOO_SMALL = 82;
export const ETHERNET_UNKNOWN_ETHERTYPE = 83;

export const SLL_PKT_TOO_SMALL = 84;
export const SLL2_PKT_TOO_SMALL = 85;

export const PPP_PKT_TOO_SMALL = 86;
export const PPP_VJU_PKT_TOO_SMALL = 87;
export const PPP_IP4_PKT_TOO_SMALL = 88;
export const PPP_IP6_PKT_TOO_SMALL = 89;
export const PPP_WRONG_TYPE = 90;
export const PPP_UNSUP_PROTO = 91;

export const PPPOE_PKT_TOO_SMALL = 92;
export const PPPOE_WRONG_CODE = 93;
export const PPPOE_MALFORMED_TAGS = 94;

export const GRE_PKT_TOO_SMALL = 95;
export const GRE_WRONG_VERSION = 96;
export const GRE_VERSION0_RECUR = 97;
export const GRE_VERSION0_FLAGS = 98;
export const GRE_VERSION0_HDR_TOO_BIG = 99;
export const GRE_VERSION0_MALFORMED_SRE_HDR = 100;
export const GRE_VERSION1_CHKSUM = 101;
export const GRE_VERSION1_ROUTE = 102;
export const GRE_VERSION1_SSR = 103;
export const GRE_VERSION1_RECUR = 104;
export const GRE_VERSION1_FLAGS = 105;
export const GRE_VERSION1_NO_KEY = 106;
export const GRE_VERSION1_WRONG_PROTOCOL = 107;
export const GRE_VERSION1_MALFORMED_SRE_HDR = 108;
export const GRE_VERSION1_HDR_TOO_BIG = 109;

export const VLAN_HEADER_TOO_SMALL = 110;
export const VLAN_UNKNOWN_TYPE = 111;
export const VLAN_TOO_MANY_LAYERS = 112;

export const IEEE8021AH_HEADER_TOO_SMALL = 113;

export const VNTAG_HEADER_TOO_SMALL = 114;
export const VNTAG_UNKNOWN_TYPE = 115;

export const ETAG_HEADER_TOO_SMALL = 116;
export const ETAG_UNKNOWN_TYPE = 117;

export const IPRAW_INVALID_IP_VERSION = 118;

export const LTNULL_PKT_TOO_SMALL = 119;
export const LTNULL_UNSUPPORTED_TYPE = 120;

export const MPLS_HEADER_TOO_SMALL = 121;
export const MPLS_PKT_TOO_SMALL = 122;
export const MPLS_BAD_LABEL_ROUTER_ALERT = 123;
export const MPLS_BAD_LABEL_IMPLICIT_NULL = 124;
export const MPLS_BAD_LABEL_RESERVED = 125;
export const MPLS_UNKNOWN_PAYLOAD_TYPE = 126;

export const VXLAN_UNKNOWN_PAYLOAD_TYPE = 127;

export const GENEVE_UNKNOWN_PAYLOAD_TYPE = 128;

export const ERSPAN_HEADER_TOO_SMALL = 129;
export const ERSPAN_UNSUPPORTED_VERSION = 130;
export const ERSPAN_TOO_MANY_VLAN_LAYERS = 131;

export const DCE_PKT_TOO_SMALL = 132;

export const CHDLC_PKT_TOO_SMALL = 133;

export const NSH_HEADER_TOO_SMALL = 134;
export const NSH_UNSUPPORTED_VERSION = 135;
export const NSH_BAD_HEADER_LENGTH = 136;
export const NSH_RESERVED_TYPE = 137;
export const NSH_UNSUPPORTED_TYPE = 138;
export const NSH_UNKNOWN_PAYLOAD = 139;

export const AFPACKET_TRUNC_PKT = 140;

export const TOO_MANY_LAYERS = 141;

/** Number of decoder events. */
export const DECODER_EVENTS = 142;

// ── stream events ────────────────────────────────────────────────────────────────────────────────────
export const FIRST_STREAM_EVENT = 160;
export const STREAM_3WHS_ACK_IN_WRONG_DIR = 160;
export const STREAM_3WHS_ASYNC_WRONG_SEQ = 161;
export const STREAM_3WHS_RIGHT_SEQ_WRONG_ACK_EVASION = 162;
export const STREAM_3WHS_SYNACK_IN_WRONG_DIRECTION = 163;
export const STREAM_3WHS_SYNACK_RESEND_WITH_DIFFERENT_ACK = 164;
export const STREAM_3WHS_SYNACK_RESEND_WITH_DIFF_SEQ = 165;
export const STREAM_3WHS_SYNACK_TOSERVER_ON_SYN_RECV = 166;
export const STREAM_3WHS_SYNACK_WITH_WRONG_ACK = 167;
export const STREAM_3WHS_SYNACK_FLOOD = 168;
export const STREAM_3WHS_SYN_RESEND_DIFF_SEQ_ON_SYN_RECV = 169;
export const STREAM_3WHS_SYN_TOCLIENT_ON_SYN_RECV = 170;
export const STREAM_3WHS_SYN_FLOOD = 171;
export const STREAM_3WHS_WRONG_SEQ_WRONG_ACK = 172;
export const STREAM_3WHS_ACK_DATA_INJECT = 173;
export const STREAM_3WHS_SYNACK_TFO_DATA_IGNORED = 174;

export const STREAM_4WHS_SYNACK_WITH_WRONG_ACK = 175;
export const STREAM_4WHS_SYNACK_WITH_WRONG_SYN = 176;
export const STREAM_4WHS_WRONG_SEQ = 177;
export const STREAM_4WHS_INVALID_ACK = 178;

export const STREAM_CLOSEWAIT_ACK_OUT_OF_WINDOW = 179;
export const STREAM_CLOSEWAIT_FIN_OUT_OF_WINDOW = 180;
export const STREAM_CLOSEWAIT_PKT_BEFORE_LAST_ACK = 181;
export const STREAM_CLOSEWAIT_INVALID_ACK = 182;
export const STREAM_CLOSING_ACK_WRONG_SEQ = 183;
export const STREAM_CLOSING_INVALID_ACK = 184;

export const STREAM_EST_PACKET_OUT_OF_WINDOW = 185;
export const STREAM_EST_PKT_BEFORE_LAST_ACK = 186;
export const STREAM_EST_SYNACK_RESEND = 187;
export const STREAM_EST_SYNACK_RESEND_WITH_DIFFERENT_ACK = 188;
export const STREAM_EST_SYNACK_RESEND_WITH_DIFF_SEQ = 189;
export const STREAM_EST_SYNACK_TOSERVER = 190;
export const STREAM_EST_SYN_RESEND = 191;
export const STREAM_EST_SYN_RESEND_DIFF_SEQ = 192;
export const STREAM_EST_SYN_TOCLIENT = 193;
export const STREAM_EST_INVALID_ACK = 194;

export const STREAM_FIN_INVALID_ACK = 195;
export const STREAM_FIN1_ACK_WRONG_SEQ = 196;
export const STREAM_FIN1_FIN_WRONG_SEQ = 197;
export const STREAM_FIN1_INVALID_ACK = 198;
export const STREAM_FIN2_ACK_WRONG_SEQ = 199;
export const STREAM_FIN2_FIN_WRONG_SEQ = 200;
export const STREAM_FIN2_INVALID_ACK = 201;
export const STREAM_FIN_BUT_NO_SESSION = 202;
export const STREAM_FIN_OUT_OF_WINDOW = 203;
export const STREAM_FIN_SYN = 204;

export const STREAM_LASTACK_ACK_WRONG_SEQ = 205;
export const STREAM_LASTACK_INVALID_ACK = 206;
export const STREAM_RST_BUT_NO_SESSION = 207;
export const STREAM_TIMEWAIT_ACK_WRONG_SEQ = 208;
export const STREAM_TIMEWAIT_INVALID_ACK = 209;
export const STREAM_SHUTDOWN_SYN_RESEND = 210;

export const STREAM_PKT_INVALID_TIMESTAMP = 211;
export const STREAM_PKT_INVALID_ACK = 212;
export const STREAM_PKT_BROKEN_ACK = 213;
export const STREAM_RST_INVALID_ACK = 214;
export const STREAM_PKT_RETRANSMISSION = 215;
export const STREAM_PKT_SPURIOUS_RETRANSMISSION = 216;
export const STREAM_PKT_BAD_WINDOW_UPDATE = 217;
export const STREAM_SUSPECTED_RST_INJECT = 218;
export const STREAM_RST_WITH_DATA = 219;
export const STREAM_WRONG_THREAD = 220;

export const STREAM_REASSEMBLY_SEGMENT_BEFORE_BASE_SEQ = 221;
export const STREAM_REASSEMBLY_NO_SEGMENT = 222;
export const STREAM_REASSEMBLY_SEQ_GAP = 223;
export const STREAM_REASSEMBLY_OVERLAP_DIFFERENT_DATA = 224;
export const STREAM_REASSEMBLY_DEPTH_REACHED = 225;
export const STREAM_REASSEMBLY_INSERT_MEMCAP = 226;
export const STREAM_REASSEMBLY_INSERT_LIMIT = 227;
export const STREAM_REASSEMBLY_INSERT_INVALID = 228;
export const STREAM_REASSEMBLY_URGENT_OOB_LIMIT_REACHED = 229;

/** Number of stream events. */
export const STREAM_EVENTS = 70;
