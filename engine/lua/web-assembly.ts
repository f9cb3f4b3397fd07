/** The part of the WebAssembly interface in use: the types of Node lack it. */

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export interface WasmTable {
  get(index: number): unknown;
  set(index: number, value: unknown): void;
  grow(by: number): number;
}

export type WasmImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Constructors {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: WasmImports,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: Constructors };

/** @returns the exports of the module */
export function instantiate(bytes: Uint8Array, imports: WasmImports): Readonly<Record<string, unknown>> {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
}
