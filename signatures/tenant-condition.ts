/** Whose packet it is, as a condition. Apart from the tenants' settings: threads that inspect need no reader of YAML. */
import { TENANTS, type TenantFinder } from '../engine/tenants.js';
import type { MatchCompiler } from './match-compiler.js';
import type { Match } from './signature.js';

/** The condition that a packet is the tenant's; 0: nobody's. */
export function tenantCondition(id: number): Match {
  return { kind: 'tenant', id };
}

/** The tenant that conditions name; undefined where there are none. */
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
