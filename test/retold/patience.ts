/** Settings without timeouts: effects of packets of other conversations on time are not compared. */
const LONG = 'new: 999999, established: 999999, closed: 999999, bypassed: 999999';

export const PATIENT = `
flow-timeouts: { default: { ${LONG} }, tcp: { ${LONG} }, udp: { ${LONG} }, icmp: { ${LONG} } }
defrag: { timeout: 999999 }
`;
