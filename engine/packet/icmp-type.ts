/** ICMP types: errors, and request/reply pairs. */

/** ICMPv4 type (RFC 792, 950) that is the reply or request counterpart of a type; -1 if none. */
export function counterpartOf4(type: number): number {
  switch (type) {
    case 0: // echo reply, echo
      return 8;
    case 8:
      return 0;
    case 13: // timestamp
      return 14;
    case 14:
      return 13;
    case 15: // information
      return 16;
    case 16:
      return 15;
    case 17: // address mask
      return 18;
    case 18:
      return 17;
    default:
      return -1;
  }
}

/** ICMPv6 type (RFC 4443, 2710, 4861, 4620) that is the reply or request counterpart of a type; -1 if none. */
export function counterpartOf6(type: number): number {
  switch (type) {
    case 128: // echo request, echo reply
      return 129;
    case 129:
      return 128;
    case 133: // router solicitation, advertisement
      return 134;
    case 134:
      return 133;
    case 135: // neighbor solicitation, advertisement
      return 136;
    case 136:
      return 135;
    case 139: // node information query, response
      return 140;
    case 140:
      return 139;
    case 144: // home agent address discovery
      return 145;
    case 145:
      return 144;
    default:
      return -1;
  }
}

/** Destination unreachable, source quench, redirect, time exceeded, parameter problem. */
export function isError4(type: number): boolean {
  return type === 3 || type === 4 || type === 5 || type === 11 || type === 12;
}

/** RFC 4443 section 2.1: types below 128 are errors. */
export function isError6(type: number): boolean {
  return type < 128;
}
