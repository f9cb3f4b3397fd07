/**
 * A threading profile: thread groups, the modules each thread runs in order, and the queues between groups.
 *
 * In the YAML:
 *
 *     profiles:
 *       mine:
 *         summary: two decoders, one worker
 *         threads:
 *           - { name: capture, modules: [input], handler: address-hash, to: decode }
 *           - { name: decode, count: 2, modules: [decode], handler: flow-hash, ordered: yes, to: worker }
 *           - { name: worker, cpus: [1], modules: [flow, stream, app, detect, verdict, outputs] }
 *
 * `input` refers to the acquire module of the run (pcap, nfqueue …), `outputs` to the configured outputs.
 */
import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9-]*$/i, 'a name of letters, digits and hyphens');

const threadGroup = z.strictObject({
  /** Name of the group; its threads are `name` or `name-1`, `name-2` … */
  name,
  /** Number of threads; `auto` uses the number of cores. */
  count: z.union([z.int().min(1).max(256), z.literal('auto')]).default(1),
  /** Modules in the order in which a packet passes through them. */
  modules: z.array(z.string().min(1)).min(1),
  /** CPUs for the threads: one per thread, used in turn. */
  cpus: z.array(z.int().min(0).max(4095)).min(1).optional(),
  /** Queue handler that chooses the consumer. */
  handler: z.string().min(1).default('flow-hash'),
  /** Destination of packets: a group, or a group (or `end`) for each output of the handler. */
  to: z.union([name, z.record(z.string(), name)]).optional(),
  /** Consumers restore the capture order of packets of several producers. */
  ordered: z
    .union([z.boolean(), z.enum(['yes', 'no'])])
    .transform(value => value === true || value === 'yes')
    .default(false),
  /** Capacity of each queue to a consumer, in packets. */
  'queue-size': z.int().min(2).max(1_048_576).default(4096),
});

const profileSchema = z.strictObject({
  summary: z.string().default(''),
  threads: z.array(threadGroup).min(1),
});

export type ThreadGroup = z.output<typeof threadGroup>;
export type Profile = z.output<typeof profileSchema> & { readonly name: string };

/** An invalid profile: names the thread or queue, and what was expected. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
}

/**
 * Reads a profile from its YAML value and fills in defaults.
 * @throws ProfileError naming the location and what was expected
 */
export function parseProfile(profileName: string, value: unknown): Profile {
  const result = profileSchema.safeParse(value);
  if (result.success) return { name: profileName, ...result.data };
  const issue = result.error.issues[0]!;
  const place = ['profiles', profileName, ...issue.path].join('.');
  throw new ProfileError(`${place}: ${issue.message}`);
}

/**
 * The outputs of a group: for each output of its handler the name of a group, or `end`. Empty at the end of the
 * pipeline.
 */
export function waysOf(group: ThreadGroup): Readonly<Record<string, string>> {
  if (group.to === undefined) return {};
  return typeof group.to === 'string' ? { to: group.to } : group.to;
}

/** Output without consumer: the packet is done. */
export const END = 'end';
