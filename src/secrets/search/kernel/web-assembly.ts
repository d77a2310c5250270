/** As much of WebAssembly as the kernel needs; the types of Node 20 do not name it. */
export interface WebAssemblyApi {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (code: Uint8Array) => KernelModule;
  readonly Instance: new (module: KernelModule, imports: object) => { readonly exports: unknown };
}

/** A `WebAssembly.Module`: compiled code, which threads can be handed. */
export type KernelModule = object & { readonly byteLength?: never };

/** The kernel's code, compiled or to be compiled. */
export type KernelCode = Uint8Array | KernelModule;

/** Undefined where the runtime has none. */
export function webAssembly(): WebAssemblyApi | undefined {
  // The same object that the specification describes: https://webassembly.github.io/spec/js-api/
  return (globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;
}
