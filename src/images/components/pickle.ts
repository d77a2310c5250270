import { hiddenNames, importWarning, type ModelWarning, riskOf } from './model-warnings.ts';
import { dangerOf } from './pickle-globals.ts';
import { latin1 } from './recogniser.ts';

/** What walking over the opcodes of pickles showed. */
export interface PickleWalk {
  /** A STOP was reached, or something was imported: it was a pickle and not just any bytes. */
  readonly isPickle: boolean;
  /** The last pickle was walked to its STOP. */
  readonly hasEnded: boolean;
  /** The several pickles in a row of a PyTorch file older than 1.6. */
  readonly isTorchLegacy: boolean;
  /** `module.name` of everything that is imported, in order, once each. */
  readonly globals: readonly string[];
  /** What loading it would do. */
  readonly warnings: readonly ModelWarning[];
}

/**
 * Walks the opcodes of up to eight pickles in a row, protocols 0 to 5, and runs nothing of them: values are strings, imports or unknown.
 * Bounded in opcodes, depth and memory; never throws. The opcodes: https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
export function walkPickles(bytes: Uint8Array): PickleWalk {
  const imports = new Map<string, Import>();
  let at = 0;
  let ended = 0;
  let unresolved = false;
  let last: OneWalk | undefined;
  let opcodes = mostOpcodes;
  for (let pickle = 0; pickle < mostPickles && at < bytes.length; pickle++) {
    if (pickle > 0 && bytes[at] !== op.PROTO) break;
    last = walkOne(bytes, at, opcodes, imports);
    unresolved ||= last.unresolved;
    opcodes -= last.opcodes;
    at = last.end;
    if (!last.hasEnded) break;
    ended++;
  }
  const globals = [...imports.keys()];
  return {
    isPickle: ended > 0 ? isPlausible(bytes, globals, ended) : globals.length > 0 || (bytes[0] === op.PROTO && (bytes[1] ?? 9) <= 5),
    hasEnded: last?.hasEnded ?? false,
    isTorchLegacy: hasTorchMagic(bytes),
    globals,
    warnings: [...warningsOf(imports), ...(unresolved ? [hiddenNames] : [])],
  };
}

const mostPickles = 8;
const mostOpcodes = 2_000_000;
const deepestStack = 100_000;
const mostMemo = 100_000;

/** A name that is imported, and whether it is called. */
interface Import {
  readonly danger: string | undefined;
  isCalled: boolean;
}

interface OneWalk {
  readonly end: number;
  readonly hasEnded: boolean;
  readonly unresolved: boolean;
  readonly opcodes: number;
}

/** Two bytes of any file may read as "empty, stop". */
function isPlausible(bytes: Uint8Array, globals: readonly string[], ended: number): boolean {
  return bytes[0] === op.PROTO || globals.length > 0 || (ended > 0 && bytes.length > 8 && /^[(\]}c]/.test(latin1(bytes.subarray(0, 1))));
}

/** The number that legacy `torch.save` pickles first, as LONG1 of ten bytes. */
function hasTorchMagic(bytes: Uint8Array): boolean {
  return latin1(bytes.subarray(0, 16)).includes('\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19');
}

const mostNamed = 20;

function warningsOf(imports: ReadonlyMap<string, Import>): readonly ModelWarning[] {
  const all = [...imports.values()].flatMap(({ danger, isCalled }) => (danger === undefined ? [] : [importWarning(danger, isCalled)]));
  const others = all.slice(mostNamed);
  if (others.length === 0) return all;
  const risk = riskOf(others);
  return [...all.slice(0, mostNamed), { text: `and ${others.length} more such names`, ...(risk !== undefined && { risk }) }];
}

type Value = { readonly text: string } | { readonly global: string } | typeof mark | undefined;
const mark = Symbol('mark');

function walkOne(bytes: Uint8Array, start: number, budget: number, imports: Map<string, Import>): OneWalk {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: Value[] = [];
  const memo = new Map<number, Value>();
  let at = start;
  let unresolved = false;
  let opcodes = 0;

  const take = (count: number): number => {
    const from = at;
    if (count < 0 || from + count > bytes.length) throw new Cut();
    at += count;
    return from;
  };
  const u1 = (): number => view.getUint8(take(1));
  const u2 = (): number => view.getUint16(take(2), true);
  const u4 = (): number => view.getUint32(take(4), true);
  const u8 = (): number => Number(view.getBigUint64(take(8), true));
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) throw new Cut();
    const from = at;
    at = end + 1;
    return latin1(bytes.subarray(from, Math.min(end, from + longestName)));
  };
  const text = (length: number): Value => {
    const from = take(length);
    return length > longestName ? undefined : { text: latin1(bytes.subarray(from, from + length)) };
  };
  const push = (value: Value): void => {
    if (stack.length >= deepestStack) throw new Cut();
    stack.push(value);
  };
  const toMark = (): readonly Value[] => {
    const from = stack.lastIndexOf(mark);
    const above = stack.splice(from < 0 ? 0 : from);
    return from < 0 ? above : above.slice(1);
  };
  const remember = (key: number): void => {
    if (memo.size < mostMemo || memo.has(key)) memo.set(key, stack.at(-1));
    else throw new Cut();
  };
  const imported = (module: string, name: string): Value => {
    const global = `${module}.${name}`;
    if (!imports.has(global) && imports.size < mostImports) imports.set(global, { danger: dangerOf(module, name), isCalled: false });
    return { global };
  };
  const called = (value: Value): void => {
    const found = typeof value === 'object' && 'global' in value ? imports.get(value.global) : undefined;
    if (found) found.isCalled = true;
  };
  const calls = (count: number): void => {
    const [callee] = stack.splice(-count);
    called(callee);
    push(undefined);
  };
  const textOf = (value: Value): string | undefined => (typeof value === 'object' && 'text' in value ? value.text : undefined);

  try {
    for (; opcodes < budget; opcodes++) {
      const code = u1();
      switch (code) {
        case op.STOP:
          return { end: at, hasEnded: true, unresolved, opcodes };
        case op.PROTO:
          u1();
          break;
        case op.FRAME:
          u8();
          break;
        case op.MARK:
          push(mark);
          break;
        case op.POP:
          stack.pop();
          break;
        case op.POP_MARK:
          toMark();
          break;
        case op.DUP:
          push(stack.at(-1));
          break;
        case op.GLOBAL:
          push(imported(line(), line()));
          break;
        case op.STACK_GLOBAL: {
          const name = textOf(stack.pop());
          const module = textOf(stack.pop());
          if (name === undefined || module === undefined) unresolved = true;
          push(name === undefined || module === undefined ? undefined : imported(module, name));
          break;
        }
        case op.INST: {
          const callee = imported(line(), line());
          toMark();
          called(callee);
          push(undefined);
          break;
        }
        case op.OBJ: {
          const [callee] = toMark();
          called(callee);
          push(undefined);
          break;
        }
        case op.REDUCE:
        case op.NEWOBJ:
          calls(2);
          break;
        case op.NEWOBJ_EX:
          calls(3);
          break;
        case op.BUILD:
        case op.APPEND:
          stack.pop();
          break;
        case op.SETITEM:
          stack.splice(-2);
          break;
        case op.APPENDS:
        case op.SETITEMS:
        case op.ADDITEMS:
          toMark();
          break;
        case op.TUPLE:
        case op.LIST:
        case op.DICT:
        case op.FROZENSET:
          toMark();
          push(undefined);
          break;
        case op.TUPLE1:
        case op.TUPLE2:
        case op.TUPLE3:
          stack.splice(-(code - op.TUPLE1 + 1));
          push(undefined);
          break;
        case op.GET:
          push(memo.get(Number(line())));
          break;
        case op.BINGET:
          push(memo.get(u1()));
          break;
        case op.LONG_BINGET:
          push(memo.get(u4()));
          break;
        case op.PUT:
          remember(Number(line()));
          break;
        case op.BINPUT:
          remember(u1());
          break;
        case op.LONG_BINPUT:
          remember(u4());
          break;
        case op.MEMOIZE:
          remember(memo.size);
          break;
        case op.STRING:
          push({ text: unquoted(line()) });
          break;
        case op.UNICODE:
          push({ text: line() });
          break;
        case op.SHORT_BINUNICODE:
        case op.SHORT_BINSTRING:
          push(text(u1()));
          break;
        case op.BINUNICODE:
        case op.BINSTRING:
          push(text(u4()));
          break;
        case op.BINUNICODE8:
          push(text(u8()));
          break;
        case op.SHORT_BINBYTES:
          take(u1());
          push(undefined);
          break;
        case op.BINBYTES:
          take(u4());
          push(undefined);
          break;
        case op.BINBYTES8:
        case op.BYTEARRAY8:
          take(u8());
          push(undefined);
          break;
        case op.LONG1:
          take(u1());
          push(undefined);
          break;
        case op.LONG4:
          take(u4());
          push(undefined);
          break;
        case op.INT:
        case op.LONG:
        case op.FLOAT:
        case op.PERSID:
          line();
          push(undefined);
          break;
        case op.BINPERSID:
          stack.pop();
          push(undefined);
          break;
        case op.BININT:
          take(4);
          push(undefined);
          break;
        case op.BININT1:
          take(1);
          push(undefined);
          break;
        case op.BININT2:
          u2();
          push(undefined);
          break;
        case op.BINFLOAT:
          take(8);
          push(undefined);
          break;
        case op.EXT1:
        case op.EXT2:
        case op.EXT4:
          take(code === op.EXT1 ? 1 : code === op.EXT2 ? 2 : 4);
          unresolved = true; // the number stands for a name in a registry of the program that loads it
          push(undefined);
          break;
        case op.NONE:
        case op.NEWTRUE:
        case op.NEWFALSE:
        case op.EMPTY_LIST:
        case op.EMPTY_DICT:
        case op.EMPTY_TUPLE:
        case op.EMPTY_SET:
        case op.NEXT_BUFFER:
          push(undefined);
          break;
        case op.READONLY_BUFFER:
          break;
        default:
          throw new Cut();
      }
    }
  } catch (error) {
    if (!(error instanceof Cut)) throw error;
  }
  return { end: at, hasEnded: false, unresolved, opcodes };
}

/** The bytes end, or say what no pickle says. */
class Cut extends Error {}

const longestName = 512;
const mostImports = 10_000;

/** Protocol 0 writes strings as Python literals. */
const unquoted = (literal: string): string => literal.replace(/^(['"])(.*)\1$/, '$2');

const op = {
  MARK: 0x28, STOP: 0x2e, POP: 0x30, POP_MARK: 0x31, DUP: 0x32, FLOAT: 0x46, INT: 0x49, BININT: 0x4a, BININT1: 0x4b, LONG: 0x4c, BININT2: 0x4d,
  NONE: 0x4e, PERSID: 0x50, BINPERSID: 0x51, REDUCE: 0x52, STRING: 0x53, BINSTRING: 0x54, SHORT_BINSTRING: 0x55, UNICODE: 0x56, BINUNICODE: 0x58,
  APPEND: 0x61, BUILD: 0x62, GLOBAL: 0x63, DICT: 0x64, EMPTY_DICT: 0x7d, APPENDS: 0x65, GET: 0x67, BINGET: 0x68, INST: 0x69, LONG_BINGET: 0x6a,
  LIST: 0x6c, EMPTY_LIST: 0x5d, OBJ: 0x6f, PUT: 0x70, BINPUT: 0x71, LONG_BINPUT: 0x72, SETITEM: 0x73, TUPLE: 0x74, EMPTY_TUPLE: 0x29, SETITEMS: 0x75,
  BINFLOAT: 0x47, PROTO: 0x80, NEWOBJ: 0x81, EXT1: 0x82, EXT2: 0x83, EXT4: 0x84, TUPLE1: 0x85, TUPLE2: 0x86, TUPLE3: 0x87, NEWTRUE: 0x88,
  NEWFALSE: 0x89, LONG1: 0x8a, LONG4: 0x8b, BINBYTES: 0x42, SHORT_BINBYTES: 0x43, SHORT_BINUNICODE: 0x8c, BINUNICODE8: 0x8d, BINBYTES8: 0x8e,
  EMPTY_SET: 0x8f, ADDITEMS: 0x90, FROZENSET: 0x91, NEWOBJ_EX: 0x92, STACK_GLOBAL: 0x93, MEMOIZE: 0x94, FRAME: 0x95, BYTEARRAY8: 0x96,
  NEXT_BUFFER: 0x97, READONLY_BUFFER: 0x98,
} as const; // biome-ignore format: a table of numbers
