import { expect, test } from 'vitest';
import { flowBits } from '../../modules/detections/flow-bits.js';
import { FLOW_VARIABLES } from '../../signatures/state/flow-variables.js';

test('bits are shared with signatures once rules are loaded; bits set before are kept until their flow ends', () => {
  const services = new Map<string, unknown>();
  const bits = flowBits({ services });
  bits.set(1, 'before', true);
  const ofRules = new Set<string>();
  services.set(FLOW_VARIABLES, {
    numberOf: (name: string) => name.length,
    hasBit: (flow: number, bit: number) => ofRules.has(`${flow} ${bit}`),
    setBit: (flow: number, bit: number, value: boolean) =>
      value ? ofRules.add(`${flow} ${bit}`) : ofRules.delete(`${flow} ${bit}`),
  });
  bits.set(1, 'now', true);
  expect([...ofRules]).toEqual(['1 3']);
  expect(['before', 'now', 'never'].map(name => bits.has(1, name))).toEqual([true, true, false]);
  expect(bits.has(2, 'now')).toBe(false);
  for (const name of ['before', 'now']) bits.set(1, name, false);
  expect([bits.has(1, 'before'), ofRules.size]).toEqual([false, 0]);
  bits.set(1, 'now', true);
  bits.release(1);
  expect(bits.has(1, 'now')).toBe(true);
});
