/**
 * Values that signatures store while they are evaluated: captured texts, measures, and the context of a dataset
 * value. Alerts and flow records report them (`metadata`, `traffic`, `alert.context`).
 */
import type { CaptureStore } from '../../signatures/buffer-matcher/pcre-step.js';
import type { Inspection } from '../../signatures/inspection.js';
import type { AlertNotes } from '../../signatures/state/alert-notes.js';
import type { FlowState, FlowStates } from './flow-states.js';

/** Flowbits with this prefix are reported separately. */
const TRAFFIC = 'traffic/';
/** Maximum number of texts stored per packet. */
const MAX_TEXTS = 64;

type Variable = readonly [name: string, text: string];

export class AlertMetadata implements AlertNotes, CaptureStore {
  private readonly contexts = new Map<number, Map<string, string>>();
  private packetTexts: Variable[] = [];

  /** @param nameOf name of a flowbit or flowint by its number */
  constructor(
    private readonly states: FlowStates,
    private readonly nameOf: (number: number) => string,
  ) {}

  context(at: Inspection, name: string, json: string): void {
    const known = this.contexts.get(at.signature);
    if (known) known.set(name, json);
    else this.contexts.set(at.signature, new Map([[name, json]]));
  }

  measure(at: Inspection, group: string, name: string, value: number): void {
    if (at.flow < 0) return;
    const state = this.states.of(at.flow);
    state.measures ??= new Map();
    state.measures.set(group, { ...state.measures.get(group), [name]: value });
  }

  capture(at: Inspection, scope: 'flow' | 'pkt' | 'alert', name: string, start: number, end: number): void {
    const text = Buffer.from(at.bytes.subarray(start, end)).toString('latin1');
    if (scope === 'alert') this.context(at, name, JSON.stringify(text));
    else if (scope === 'pkt') {
      if (this.packetTexts.length < MAX_TEXTS) this.packetTexts.push([name, text]);
    } else if (at.flow >= 0) this.states.of(at.flow).setText(name, text);
  }

  captured(at: Inspection, scope: 'flow' | 'pkt', name: string): string | undefined {
    if (scope === 'pkt') return this.packetTexts.findLast(([known]) => known === name)?.[1];
    return at.flow < 0 ? undefined : this.states.find(at.flow)?.texts?.get(name);
  }

  /** The context of an alerting signature, as members of its `alert` object; empty without one. */
  takeContext(signature: number): string {
    if (this.contexts.size === 0) return '';
    const known = this.contexts.get(signature);
    if (!known) return '';
    this.contexts.delete(signature);
    return `"context":{${[...known].map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`;
  }

  get hasPacketTexts(): boolean {
    return this.packetTexts.length > 0;
  }

  /** Called before the next packet is inspected. */
  clear(): void {
    if (this.contexts.size > 0) this.contexts.clear();
    if (this.packetTexts.length > 0) this.packetTexts = [];
  }

  /** The metadata of a flow (-1: none) and the current packet, as JSON members; empty when there are none. */
  members(flow: number): string {
    const state = flow < 0 ? undefined : this.states.find(flow);
    // Most flows have no metadata: their ends must not create garbage.
    if (this.packetTexts.length === 0 && !hasMetadata(state)) return '';
    const bits = [...(state?.bits ?? [])].map(this.nameOf);
    const metadata: Record<string, unknown> = {};
    const plain = bits.filter(name => !name.startsWith(TRAFFIC));
    if (plain.length > 0) metadata['flowbits'] = plain;
    if (state?.numbers && state.numbers.size > 0)
      metadata['flowints'] = Object.fromEntries([...state.numbers].map(([n, v]) => [this.nameOf(n), v]));
    if (this.packetTexts.length > 0) metadata['pktvars'] = this.packetTexts.map(object);
    if (state?.texts) metadata['flowvars'] = [...state.texts].map(object);
    for (const [group, values] of state?.measures ?? []) metadata[group] = values;
    const traffic = trafficOf(bits);
    return [member('metadata', metadata), member('traffic', traffic)].filter(text => text !== '').join();
  }
}

function hasMetadata(state: FlowState | undefined): boolean {
  return state !== undefined && !!(state.bits?.size || state.numbers?.size || state.texts || state.measures);
}

function object([name, text]: Variable): Record<string, string> {
  return { [name]: text };
}

/** `traffic/id/NAME` and `traffic/label/NAME`. */
function trafficOf(bits: readonly string[]): Record<string, string[]> {
  const traffic: Record<string, string[]> = {};
  for (const kind of ['id', 'label']) {
    const start = `${TRAFFIC}${kind}/`;
    const names = bits.filter(name => name.startsWith(start)).map(name => name.slice(start.length));
    if (names.length > 0) traffic[kind] = names;
  }
  return traffic;
}

function member(name: string, value: object): string {
  return Object.keys(value).length === 0 ? '' : `"${name}":${JSON.stringify(value)}`;
}
