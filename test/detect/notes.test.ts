import { describe, expect, it } from 'vitest';
import { AlertMetadata } from '../../modules/detect/alert-metadata.js';
import type { FlowStates } from '../../modules/detect/flow-states.js';
import { FlowState } from '../../modules/detect/flow-states.js';
import type { Inspection } from '../../signatures/inspection.js';

const NAMES = ['seen', 'traffic/id/curl', 'traffic/label/cli', 'count'];

function notes() {
  const state = new FlowState();
  const states = { find: () => state, of: () => state } as unknown as FlowStates;
  return { state, notes: new AlertMetadata(states, number => NAMES[number]!) };
}

const at = (text: string, fields: Partial<Inspection> = {}) =>
  ({ bytes: Buffer.from(text, 'latin1'), flow: 1, signature: 7, ...fields }) as Inspection;

describe('labels and context of signatures', () => {
  it('are reported as metadata and traffic', () => {
    const { state, notes: noted } = notes();
    expect(noted.members(1)).toBe('');
    state.bits = new Set([0, 1, 2]);
    state.numbers = new Map([[3, 5]]);
    noted.capture(at('uid=0'), 'pkt', 'uid', 4, 5);
    noted.capture(at('gid=1'), 'flow', 'gid', 4, 5);
    noted.capture(at('gid=2'), 'flow', 'gid', 4, 5);
    noted.measure(at(''), 'entropy', 'file_data', 4.5);
    expect(JSON.parse(`{${noted.members(1)}}`)).toEqual({
      metadata: {
        flowbits: ['seen'],
        flowints: { count: 5 },
        pktvars: [{ uid: '0' }],
        flowvars: [{ gid: '2' }],
        entropy: { file_data: 4.5 },
      },
      traffic: { id: ['curl'], label: ['cli'] },
    });
    noted.clear();
    expect(noted.hasPacketTexts).toBe(false);
    expect(JSON.parse(`{${noted.members(-1) || '"none":1'}}`)).toEqual({ none: 1 });
  });

  it('are given once, with the signature that set them', () => {
    const { notes: noted } = notes();
    noted.context(at(''), 'host', '{"year":2005}');
    noted.capture(at('a"b'), 'alert', 'name', 0, 3);
    expect(noted.takeContext(8)).toBe('');
    expect(noted.takeContext(7)).toBe('"context":{"host":{"year":2005},"name":"a\\"b"}');
    expect(noted.takeContext(7)).toBe('');
  });

  it('are limited per packet and per flow', () => {
    const { state, notes: noted } = notes();
    for (let i = 0; i < 100; i++) {
      noted.capture(at('x'), 'pkt', `p${i}`, 0, 1);
      noted.capture(at('x'), 'flow', `f${i}`, 0, 1);
    }
    expect(JSON.parse(`{${noted.members(1)}}`).metadata.pktvars).toHaveLength(64);
    expect(state.texts?.size).toBe(64);
  });
});
