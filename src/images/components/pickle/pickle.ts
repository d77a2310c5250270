import { hiddenNames, importWarning, type ModelWarning, riskOf } from '../models/model-warnings.ts';
import { unpickles } from './pickle-globals.ts';
import { op } from './pickle-op.ts';
import type { Import } from './pickle-stack.ts';
import type { PickleWalk } from './pickle-walk.ts';
import { pickleStream, type StreamedPickles } from './pickle-stream.ts';
import { latin1 } from '../recogniser.ts';

/** What the opcodes of these pickles say. */
export function walkPickles(bytes: Uint8Array): PickleWalk {
  const stream = pickleStream();
  stream.push(bytes);
  return pickleWalk(stream.end());
}

/** The same of what was streamed. */
export function pickleWalk(streamed: StreamedPickles): PickleWalk {
  const { imports, ended, isWhole, isTorchLegacy, isUnresolved } = streamed;
  const globals = [...imports.values()].map(({ module, name }) => `${module}.${name}`);
  return {
    isPickle: ended > 0 ? isPlausible(streamed, globals) : globals.some(isName) || isBeginning(streamed),
    hasEnded: isWhole,
    isTorchLegacy,
    globals,
    warnings: [...warningsOf(imports), ...(isUnresolved ? [hiddenNames] : [])],
  };
}

/** So many opcodes in a row are no accident. */
const enoughOpcodes = 1000;

/** Two bytes of any file may read as "empty, stop". */
function isPlausible({ head }: StreamedPickles, globals: readonly string[]): boolean {
  return head[0] === op.PROTO || globals.length > 0 || (head.length > 8 && /^[(\]}c]/.test(latin1(head.subarray(0, 1))));
}

/** Lines of a text may read as "import the next two lines". */
const isName = (global: string): boolean => /^[^\s\p{Cc}]+$/u.test(global);

/** Of a pickle that was not seen to its end. */
function isBeginning({ head, isSound, opcodes }: StreamedPickles): boolean {
  return (head[0] === op.PROTO && (head[1] ?? 9) <= 5) || (isSound && opcodes >= enoughOpcodes);
}

const mostNamed = 20;

function warningsOf(imports: ReadonlyMap<string, Import>): readonly ModelWarning[] {
  const all = [...imports.values()].flatMap(({ module, name, reach, use, isReadThrough }) =>
    reach === undefined || (use === 'imported' && isReadThrough) ? [] : [importWarning(`${module}.${name}`, use, unpickles(module, name))],
  );
  const others = all.slice(mostNamed);
  if (others.length === 0) return all;
  const risk = riskOf(others);
  return [...all.slice(0, mostNamed), { text: `and ${others.length} more such names`, ...(risk !== undefined && { risk }) }];
}
