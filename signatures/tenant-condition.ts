/**
 * A packet's tenant as a condition. Separate from tenant settings: threads that inspect do not load the YAML parser.
 */
import { TENANTS, type TenantFinder } from '../engine/tenants.js';
import type { MatchCompiler } from './match-compiler.js';
import type { Match } from './signature.js';

/** The condition that a packet belongs to the tenant; 0: to none. */
export function tenantCondition(id: number): Match {
  return { kind: 'tenant', id };
}

/** The tenant in the conditions; undefined if there is none. */
export function tenantOf(conditions: readonly Match[]): number | undefined {
  return conditions.find(({ kind }) => kind === 'tenant')?.['id'] as number | undefined;
}

export const tenantCompilers: readonly MatchCompiler[] = [
  {
    kind: 'tenant',
    compile(match, environment) {
      const finder = environment.stores.get(TENANTS) as TenantFinder | undefined;
      const id = match['id'] as number;
      if (!finder) return () => id === 0;
      return at => finder.find(at.memory.row, at.p, at.flows.row, at.flow >= 0 ? at.f : -1) === id;
    },
  },
];
