import { op } from './pickle-op.ts';
import { Cut, type Import, lostText, pickleStack, type PickleStack, type RawArray, type Value } from './pickle-stack.ts';

/** The argument of an opcode, without its length or its line feeds; undefined where it is too long to be a name. */
export type Argument = Buffer | undefined;

/** What an opcode does: `end` of a pickle, bytes of an array that follow, or nothing that the reader of the opcodes has to know. */
export type Outcome = 'end' | RawArray | undefined;

/** One pickle as a machine that runs nothing. Throws `Cut` beyond its bounds. */
export interface PickleMachine {
  step(code: number, argument: Argument): Outcome;
  /** Something was imported under a name that the opcodes put together. */
  isUnresolved(): boolean;
  /** Another one in the same state. */
  fork(imports: Map<string, Import>): PickleMachine;
}

export function pickleMachine(imports: Map<string, Import>): PickleMachine {
  return machineOn(pickleStack(imports));
}

function machineOn(stack: PickleStack): PickleMachine {
  let isUnresolved = false;

  function importFromStack(): void {
    const last: Value = stack.pop();
    const before: Value = stack.pop();
    if (last === lostText || before === lostText) throw new Cut();
    const [name, module] = [textOf(last), textOf(before)];
    if (name !== undefined && module !== undefined) return stack.import(module, name);
    isUnresolved = true;
    stack.push(undefined);
  }

  function importLines(argument: Argument): void {
    const [module = '', name = ''] = lineOf(argument).split('\n');
    stack.import(module, name);
  }

  /** The number stands for a name in a registry of the program that loads it. */
  function extension(): void {
    isUnresolved = true;
    stack.push(undefined);
  }

  const unknown = (): void => stack.push(undefined);
  const text = (argument: Argument): void => stack.push(argument && { text: lineOf(argument) });
  const put = (): void => stack.put(stack.toMark());

  const steps: { readonly [code: number]: (argument: Argument) => Outcome | void } = {
    [op.STOP]: () => 'end',
    [op.MARK]: () => stack.pushMark(),
    [op.POP]: () => void stack.pop(),
    [op.POP_MARK]: () => void stack.toMark(),
    [op.DUP]: () => stack.push(stack.top()),
    [op.GLOBAL]: importLines,
    [op.STACK_GLOBAL]: importFromStack,
    [op.INST]: (argument) => {
      importLines(argument);
      const callee = stack.pop();
      stack.call(callee, stack.toMark());
    },
    [op.OBJ]: () => {
      const [callee, ...args] = stack.toMark();
      stack.call(callee, args);
    },
    [op.REDUCE]: () => stack.callLast(2),
    [op.NEWOBJ]: () => stack.callLast(2),
    [op.NEWOBJ_EX]: () => stack.callLast(3),
    [op.BUILD]: () => stack.build(),
    [op.APPEND]: () => stack.putLast(1),
    [op.SETITEM]: () => stack.putLast(2),
    [op.APPENDS]: put,
    [op.SETITEMS]: put,
    [op.ADDITEMS]: put,
    [op.TUPLE]: () => stack.pack('tuple', stack.toMark()),
    [op.LIST]: () => stack.pack('list', stack.toMark()),
    [op.DICT]: () => stack.pack('mapping', stack.toMark()),
    [op.FROZENSET]: () => stack.pack('list', stack.toMark()),
    [op.TUPLE1]: () => stack.packLast(1),
    [op.TUPLE2]: () => stack.packLast(2),
    [op.TUPLE3]: () => stack.packLast(3),
    [op.EMPTY_TUPLE]: () => stack.pack('tuple', []),
    [op.EMPTY_LIST]: () => stack.pack('list', []),
    [op.EMPTY_DICT]: () => stack.pack('mapping', []),
    [op.EMPTY_SET]: () => stack.pack('list', []),
    [op.GET]: (argument) => stack.recall(Number(lineOf(argument))),
    [op.BINGET]: (argument) => stack.recall(numberOf(argument)),
    [op.LONG_BINGET]: (argument) => stack.recall(numberOf(argument)),
    [op.PUT]: (argument) => stack.remember(Number(lineOf(argument))),
    [op.BINPUT]: (argument) => stack.remember(numberOf(argument)),
    [op.LONG_BINPUT]: (argument) => stack.remember(numberOf(argument)),
    [op.MEMOIZE]: () => stack.remember(undefined),
    [op.STRING]: (argument) => stack.push({ text: unquoted(lineOf(argument)) }),
    [op.UNICODE]: (argument) => stack.push({ text: unescaped(lineOf(argument)) }),
    [op.SHORT_BINUNICODE]: text,
    [op.SHORT_BINSTRING]: text,
    [op.BINUNICODE]: text,
    [op.BINSTRING]: text,
    [op.BINUNICODE8]: text,
    [op.INT]: (argument) => stack.push({ number: Number(lineOf(argument)) }),
    [op.LONG]: (argument) => stack.push({ number: Number.parseInt(lineOf(argument), 10) }),
    [op.BININT]: (argument) => stack.push({ number: argument?.readInt32LE() ?? 0 }),
    [op.BININT1]: (argument) => stack.push({ number: numberOf(argument) }),
    [op.BININT2]: (argument) => stack.push({ number: numberOf(argument) }),
    [op.LONG1]: (argument) => stack.push({ number: numberOf(argument) }),
    [op.BINPERSID]: () => {
      stack.pop();
      unknown();
    },
    [op.EXT1]: extension,
    [op.EXT2]: extension,
    [op.EXT4]: extension,
    [op.PROTO]: () => undefined,
    [op.FRAME]: () => undefined,
    [op.READONLY_BUFFER]: () => undefined,
  };

  return {
    step: (code, argument) => (steps[code] ?? unknown)(argument) ?? undefined,
    isUnresolved: () => isUnresolved,
    fork: (imports) => machineOn(stack.fork(imports)),
  };
}

const textOf = (value: Value): string | undefined => (typeof value === 'object' && 'text' in value ? value.text : undefined);
const lineOf = (argument: Argument): string => argument?.toString('latin1') ?? '';
/** Little endian; as much of it as a count needs. */
const numberOf = (argument: Argument): number =>
  argument === undefined || argument.length === 0 ? 0 : argument.readUIntLE(0, Math.min(6, argument.length));

/** Protocol 0 writes strings as Python literals. */
const unquoted = (literal: string): string =>
  literal
    .trim()
    .replace(/^(['"])(.*)\1$/, '$2')
    .replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\([0-7]{1,3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\\([\\'"])/g, '$1');

/** Protocol 0 writes text with such escapes. */
const unescaped = (line: string): string =>
  line.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
