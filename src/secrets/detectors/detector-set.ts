import { type Detector, detectorsOf } from './compile.ts';
import type { DetectorFile } from './detector.ts';
import { kernelCode } from '../search/kernel/code.generated.ts';
import { type KernelCode, webAssembly } from '../search/kernel/web-assembly.ts';
import { makeSearchTables } from '../search/make-search-tables.ts';
import { readSearchTables, type SearchTables } from '../search/search-tables.ts';

/** Detectors, and what all searches for their keys share. */
export interface DetectorSet {
  readonly detectors: readonly Detector[];
  readonly tables: SearchTables;
  /** The search kernel. */
  readonly code: KernelCode;
}

/** What a thread that loaded a set can hand to others: nothing of it is copied. */
export interface SharedSearch {
  /** In shared memory. */
  readonly tables: Uint8Array;
  readonly code: KernelCode;
}

/** A set of which the tables were made before: its detectors are compiled one by one, when they are needed. */
export function detectorSetOf(files: readonly DetectorFile[], shared: SharedSearch): DetectorSet {
  return { detectors: detectorsOf(files), tables: readSearchTables(shared.tables), code: shared.code };
}

/** A set of detectors that no tables were made for. They are made now, for one set of many detectors in about a second. */
export function makeDetectorSet(detectors: readonly Detector[]): DetectorSet {
  return { detectors, tables: readSearchTables(makeSearchTables(detectors, 0)), code: compiledCode() };
}

/** Compiled where it can be, so that several searches need not do it again. */
export function compiledCode(): KernelCode {
  const code = kernelCode();
  const api = webAssembly();
  try {
    return api === undefined ? code : new api.Module(code);
  } catch {
    return code; // no SIMD: nothing will run it
  }
}
