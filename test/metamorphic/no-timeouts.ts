/** Settings without timeouts: effects of packets of other conversations on time are not compared. */
const NEVER = 'new: 999999, established: 999999, closed: 999999, bypassed: 999999';

export const NO_TIMEOUTS = `
flow-timeouts: { default: { ${NEVER} }, tcp: { ${NEVER} }, udp: { ${NEVER} }, icmp: { ${NEVER} } }
defrag: { timeout: 999999 }
`;
