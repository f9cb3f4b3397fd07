/**
 * Copying and summing bytes in WebAssembly.
 *
 * V8 copies shared memory byte by byte unless source and target are aligned alike (450 ns for 1,460 bytes); the
 * instruction `memory.copy` on the same memory takes 55 ns, and the call is almost free. The module is small enough to
 * be written by hand (WebAssembly Core Specification 2.0, section 5).
 */
import type { Bulk } from './bulk.js';

/** The part of the WebAssembly JavaScript interface in use, which the project's type libraries lack. */
interface WebAssemblyInterface {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WebAssemblySpace;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

export interface WebAssemblySpace {
  readonly buffer: SharedArrayBuffer;
}

const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyInterface })
  .WebAssembly;

/** The module allows a memory to have 4 GiB, in pages of 64 KiB. */
const MAX_PAGES = 65536;
const PAGE = 65536;

/** @throws RangeError if there is not enough address space */
export function webAssemblySpace(byteLength: number): WebAssemblySpace {
  return new Memory({ initial: Math.ceil(byteLength / PAGE), maximum: MAX_PAGES, shared: true });
}

export function webAssemblyBulk(space: WebAssemblySpace): Bulk {
  const { exports } = new Instance(new Module(moduleBytes()), { memory: { bytes: space } });
  return exports as Bulk;
}

const I32 = 0x7f;
const V128 = 0x7b;
const LIMITS_SHARED = 3;
const EXPORT_FUNCTION = 0;

function moduleBytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, ...type([I32, I32, I32], []), ...type([I32, I32], [I32])]),
    ...section(2, [
      1,
      ...name('memory'),
      ...name('bytes'),
      2,
      LIMITS_SHARED,
      ...number(1),
      ...number(MAX_PAGES),
    ]),
    ...section(3, [2, 0, 1]),
    ...section(7, [2, ...name('copy'), EXPORT_FUNCTION, 0, ...name('sumOfWords'), EXPORT_FUNCTION, 1]),
    ...section(10, [2, ...body([0], COPY), ...body([2, 1, V128, 1, I32], SUM)]),
  ]);
}

const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const constant = (value: number): number[] => [0x41, value];
const ADD = 0x6a;
const SUBTRACT = 0x6b;
const LESS_UNSIGNED = 0x49;
const END = 0x0b;

const COPY: readonly number[] = [...get(0), ...get(1), ...get(2), 0xfc, 10, 0, 0, END];

const OFFSET = 0;
const LENGTH = 1;
const LANES = 2;
const SUM_SO_FAR = 3;

/** Advances by this many bytes. */
function advance(bytes: number): number[] {
  return [
    ...get(OFFSET),
    ...constant(bytes),
    ADD,
    ...set(OFFSET),
    ...get(LENGTH),
    ...constant(bytes),
    SUBTRACT,
    ...set(LENGTH),
  ];
}

/** While at least this many bytes are left: a block around a loop, with the exit test first. */
function whileLeft(bytes: number, inside: readonly number[]): number[] {
  const leave = [...get(LENGTH), ...constant(bytes), LESS_UNSIGNED, 0x0d, 1];
  return [0x02, 0x40, 0x03, 0x40, ...leave, ...inside, ...advance(bytes), 0x0c, 0, END, END];
}

const UNALIGNED = [0, 0];
const lane = (index: number): number[] => [...get(LANES), 0xfd, 0x1b, index];

const SUM: readonly number[] = [
  // Eight words at a time are added to four sums (i32x4.extadd_pairwise_i16x8_u, i32x4.add).
  ...whileLeft(16, [
    ...get(LANES),
    ...[...get(OFFSET), 0xfd, 0x00, ...UNALIGNED, 0xfd, 0x7f],
    ...[0xfd, 0xae, 0x01],
    ...set(LANES),
  ]),
  ...[...lane(0), ...lane(1), ADD, ...lane(2), ADD, ...lane(3), ADD, ...set(SUM_SO_FAR)],
  // i32.load16_u, and i32.load8_u for a last odd byte.
  ...whileLeft(2, [...get(SUM_SO_FAR), ...get(OFFSET), 0x2f, ...UNALIGNED, ADD, ...set(SUM_SO_FAR)]),
  ...whileLeft(1, [...get(SUM_SO_FAR), ...get(OFFSET), 0x2d, ...UNALIGNED, ADD, ...set(SUM_SO_FAR)]),
  ...get(SUM_SO_FAR),
  END,
];

function section(id: number, content: readonly number[]): number[] {
  return [id, ...number(content.length), ...content];
}

function type(parameters: readonly number[], results: readonly number[]): number[] {
  return [0x60, parameters.length, ...parameters, results.length, ...results];
}

function name(text: string): number[] {
  return [text.length, ...text.split('').map(character => character.charCodeAt(0))];
}

function body(locals: readonly number[], instructions: readonly number[]): number[] {
  const content = [...locals, ...instructions];
  return [...number(content.length), ...content];
}

/** LEB128. */
function number(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >>> 7)];
}
