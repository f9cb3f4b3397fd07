/** Settings with which nothing ends because time passes: what another conversation's packets bring about is not compared. */
const LONG = 'new: 999999, established: 999999, closed: 999999, bypassed: 999999';

export const PATIENT = `
flow-timeouts: { default: { ${LONG} }, tcp: { ${LONG} }, udp: { ${LONG} }, icmp: { ${LONG} } }
defrag: { timeout: 999999 }
`;
