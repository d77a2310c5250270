import { configWarning, hiddenConfig, lambdaLayer, type ModelWarning } from './models/model-warnings.ts';
import { isBuiltins, reachOf } from './pickle/pickle-globals.ts';
import { latin1 } from './recogniser.ts';

/** What is looked for stands in so many bytes behind its first. */
const windowBytes = 1024;
const mostWarnings = 20;

export interface ConfigSearch {
  push(bytes: Uint8Array): void;
  end(): readonly ModelWarning[];
}

/**
 * Looks through a model of Keras for its description, which is JSON in one piece wherever it stands: a member of a zip, or an attribute anywhere in an
 * HDF5 file. It tells of layers that hold code, and of functions that loading calls.
 * https://keras.io/api/models/model_saving_apis/serialization_utils/
 */
export function searchConfig(): ConfigSearch {
  const found = new Map<string, ModelWarning>();
  let tail: Uint8Array = new Uint8Array(0);

  function look(bytes: Buffer, end: number): void {
    for (const key of keys) {
      for (let at = bytes.indexOf(key, 0, 'latin1'); at >= 0 && at < end; at = bytes.indexOf(key, at + 1, 'latin1')) {
        const from = key === escape ? Math.max(0, at - 100) : at;
        const warning = warningAt(key, latin1(bytes.subarray(from, at + windowBytes)));
        if (warning !== undefined && found.size < mostWarnings) found.set(warning.text, warning);
      }
    }
  }

  return {
    push(bytes) {
      const all = Buffer.concat([tail, bytes]);
      const end = Math.max(0, all.length - windowBytes);
      look(all, end);
      tail = Buffer.from(all.subarray(end));
    },
    end() {
      look(Buffer.from(tail), tail.length);
      return [...found.values()];
    },
  };
}

const escape = '\\u00';
const keys = ['"class_name"', '"module"', escape] as const;

function warningAt(key: (typeof keys)[number], text: string): ModelWarning | undefined {
  if (key === '"class_name"') return /^"class_name"\s*:\s*"(?:Lambda|__lambda__)"/.test(text) ? lambdaLayer : undefined;
  // Who writes plain letters as escapes hides them: no program does.
  if (key === escape) return /"[ -!#-~]{0,100}\\u00[2-7][0-9a-fA-F][ -!#-~]{0,100}"\s*[:,}\]]/.test(text) ? hiddenConfig : undefined;
  const [, module, kind, config] =
    /^"module"\s*:\s*"([\w.]{1,200})"\s*,\s*"class_name"\s*:\s*"([\w.]{1,200})"(?:\s*,\s*"config"\s*:\s*"([\w.]{1,200})")?/.exec(text) ??
    [];
  if (module === undefined || kind === undefined) return undefined;
  const name = kind === 'function' && config !== undefined ? config : kind;
  return isCalledFrom(module, name) ? configWarning(`${module}.${name}`) : undefined;
}

/** Functions of the user's own are written down as built-in ones. */
function isCalledFrom(module: string, name: string): boolean {
  if (isBuiltins(module)) return /^(?:eval|exec|compile|open|getattr|setattr|delattr|__import__|globals|vars|input|breakpoint)$/.test(name);
  return reachOf(module, name) !== undefined;
}
