/** As much of WebAssembly as the kernel needs; the types of Node 20 do not name it. */
export interface WebAssemblyApi {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

/** Undefined where the runtime has none. */
export function webAssembly(): WebAssemblyApi | undefined {
  // The same object that the specification describes: https://webassembly.github.io/spec/js-api/
  return (globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
}
