/**
 * Operating systems of receivers as numbers, so that they can be stored in session records: systems differ in which
 * resets and timestamps they accept.
 */
import { HOST_OS, type HostOs, tcpClass } from '../../../engine/stream/host-os-policy.js';
import { POLICY_CLASSES } from '../reassembly/policy.js';

export function policyNumber(name: HostOs): number {
  return HOST_OS.indexOf(name);
}

export const LINUX = policyNumber('linux');
export const OLD_LINUX = policyNumber('old-linux');
/** Linux 4.9 and later, as measured on 6.18. */
export const LINUX_6 = policyNumber('linux-6');
export const SOLARIS = policyNumber('solaris');
export const OLD_SOLARIS = policyNumber('old-solaris');
export const HPUX11 = policyNumber('hpux11');
export const WINDOWS = policyNumber('windows');
export const VISTA = policyNumber('vista');
export const WINDOWS2K3 = policyNumber('windows2k3');

const CLASSES = HOST_OS.map(os => POLICY_CLASSES[tcpClass(os)]!);

/** Overlap policy class of a policy number: a constant of the reassembler's `policy.ts`. */
export function overlapClass(policy: number): number {
  return CLASSES[policy]!;
}
