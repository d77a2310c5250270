import { op } from './pickle-op.ts';
import { type Import, Cut, type RawArray } from './pickle-stack.ts';
import { type PickleMachine, pickleMachine } from './pickle-steps.ts';
import { hasTorchMagic, torchPickles } from './torch-legacy.ts';

/** What was seen of the pickles of a file. */
export interface StreamedPickles {
  /** Pickles that ended. */
  readonly ended: number;
  /** All that loading reads was walked. */
  readonly isWhole: boolean;
  /** Something is imported under a name that the opcodes put together. */
  readonly isUnresolved: boolean;
  /** Nothing was met that no pickle holds. */
  readonly isSound: boolean;
  readonly opcodes: number;
  readonly isTorchLegacy: boolean;
  /** The first bytes, at most sixteen. */
  readonly head: Uint8Array;
  readonly imports: ReadonlyMap<string, Import>;
}

export interface PickleStream {
  push(bytes: Uint8Array): void;
  end(): StreamedPickles;
}

const known: ReadonlySet<number> = new Set(Object.values(op));
/** Bytes of an argument: fixed. */
const fixed = new Map<number, number>([
  [op.PROTO, 1], [op.BININT, 4], [op.BININT1, 1], [op.BININT2, 2], [op.BINFLOAT, 8], [op.BINGET, 1], [op.LONG_BINGET, 4], [op.BINPUT, 1],
  [op.LONG_BINPUT, 4], [op.EXT1, 1], [op.EXT2, 2], [op.EXT4, 4], [op.FRAME, 8],
]); // biome-ignore format: a table of numbers
/** Bytes of the length of an argument. */
const counted = new Map<number, number>([
  [op.BINSTRING, 4], [op.SHORT_BINSTRING, 1], [op.BINUNICODE, 4], [op.BINBYTES, 4], [op.SHORT_BINBYTES, 1], [op.LONG1, 1], [op.LONG4, 4],
  [op.SHORT_BINUNICODE, 1], [op.BINUNICODE8, 8], [op.BINBYTES8, 8], [op.BYTEARRAY8, 8],
]); // biome-ignore format: a table of numbers
/** Lines that follow: strings, numbers, names. */
const lined = new Map<number, number>([
  [op.FLOAT, 1], [op.INT, 1], [op.LONG, 1], [op.PERSID, 1], [op.STRING, 1], [op.UNICODE, 1], [op.GET, 1], [op.PUT, 1], [op.GLOBAL, 2], [op.INST, 2],
]); // biome-ignore format: a table of numbers

const mostPickles = 8;
const mostOpcodes = 2_000_000;
const deepestNested = 8;
/** No name is longer: what is longer is data. */
const longestName = 200;
/** A module and a name; of longer lines the rest is data. */
const longestLine = 2 * longestName;
const torchMagicBytes = 16;
/** So many opcodes in a row are no accident in the bytes of an array. */
const enoughOpcodes = 8;

/**
 * Walks over the opcodes of up to eight pickles in a row, protocols 0 to 5, as they pass, and runs nothing of them. Data of any length is passed over, so is
 * what joblib writes between the opcodes. Bounded in opcodes, depth and memory; never throws. What is no pickle ends it at once.
 */
export function pickleStream(): PickleStream {
  const imports = new Map<string, Import>();
  return streamOn(pickleMachine(imports), imports, true);
}

/** `hasShadow`: whether it is also seen what happens to who loads arrays as if they were opcodes. */
function streamOn(start: PickleMachine, imports: Map<string, Import>, hasShadow: boolean): PickleStream {
  const first = Buffer.alloc(torchMagicBytes);
  let firstBytes = 0;
  let machine = start;
  /** Pickles around the one that is walked. */
  const around: PickleMachine[] = [];
  /** joblib reads an array where the first one stands; Python's own `pickle.load` goes on with opcodes there, and never comes back. */
  let shadow: PickleStream | undefined;
  let isFork = false;
  let isUnresolved = false;
  let ended = 0;
  let opcodes = 0;
  /** Of the opcode whose argument is collected. */
  let code: number | undefined;
  let held: number[] = [];
  /** Bytes of the argument, once its length was read. */
  let wanted: number | undefined;
  let lines = 0;
  let skip = 0;
  /** The next byte says how many follow before an array of so many bytes. */
  let aligned: number | undefined;
  let state: 'walking' | 'between' | 'over' | 'lost' | 'cut' = 'walking';

  function begin(byte: number): void {
    if (state === 'between') {
      // What follows the last pickle of a file is data.
      const goesOn = byte === op.PROTO || (ended < torchPickles && hasTorchMagic(first));
      if (!goesOn || ended >= mostPickles) {
        state = goesOn ? 'cut' : 'over';
        return;
      }
      state = 'walking';
      machine = pickleMachine(imports);
    }
    if (!known.has(byte)) {
      state = 'lost';
      return;
    }
    lines = lined.get(byte) ?? 0;
    if (lines === 0 && !fixed.has(byte) && !counted.has(byte)) return step(byte, undefined);
    code = byte;
    held = [];
  }

  /** One more byte of an argument. */
  function goOn(current: number, byte: number): void {
    if (lines > 0) {
      if (byte === 0x0a && --lines === 0) return step(current, Buffer.from(held));
      if (held.length < longestLine) held.push(byte);
      return;
    }
    held.push(byte);
    if (held.length < (wanted ?? fixed.get(current) ?? counted.get(current) ?? 0)) return;
    if (wanted !== undefined || fixed.has(current)) return step(current, Buffer.from(held));
    const length = held.reduceRight((value, part) => value * 256 + part, 0);
    if (length > longestName) {
      skip = length;
      step(current, undefined);
    } else if (length === 0) step(current, Buffer.alloc(0));
    else {
      wanted = length;
      held = [];
    }
  }

  function step(current: number, argument: Buffer | undefined): void {
    code = undefined;
    wanted = undefined;
    if (++opcodes > mostOpcodes) {
      state = 'cut';
      return;
    }
    try {
      const outcome = machine.step(current, argument);
      if (outcome === 'end') endOne();
      else if (outcome !== undefined) passArray(outcome);
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
      state = 'cut';
    }
  }

  function endOne(): void {
    isUnresolved ||= machine.isUnresolved();
    const outer = around.pop();
    if (outer !== undefined) {
      machine = outer;
      return;
    }
    ended++;
    state = 'between';
  }

  function passArray(array: RawArray): void {
    isFork = hasShadow && shadow === undefined;
    if (array.kind === 'lost' || around.length >= deepestNested) {
      state = 'cut';
    } else if (array.kind === 'nested') {
      around.push(machine);
      machine = pickleMachine(imports);
    } else if (array.isAligned) {
      aligned = array.bytes;
    } else {
      skip = array.bytes;
    }
  }

  function merged(): Pick<StreamedPickles, 'isUnresolved' | 'imports'> {
    const own = isUnresolved || machine.isUnresolved() || around.some((one) => one.isUnresolved());
    const other = shadow?.end();
    return {
      isUnresolved: own || (other !== undefined && other.isUnresolved && other.opcodes >= enoughOpcodes),
      imports: new Map([...(other?.imports ?? []), ...imports]),
    };
  }

  return {
    push(bytes) {
      shadow?.push(bytes);
      if (firstBytes < torchMagicBytes) {
        first.set(bytes.subarray(0, torchMagicBytes - firstBytes), firstBytes);
        firstBytes += Math.min(bytes.length, torchMagicBytes - firstBytes);
      }
      for (let at = 0; at < bytes.length && (state === 'walking' || state === 'between'); ) {
        if (skip > 0) {
          const skipped = Math.min(skip, bytes.length - at);
          skip -= skipped;
          at += skipped;
          continue;
        }
        if (lines > 0 && held.length >= longestLine) {
          const end = bytes.indexOf(0x0a, at);
          at = end < 0 ? bytes.length : end;
          if (end < 0) continue;
        }
        if (code !== undefined && wanted !== undefined && held.length === 0 && at + wanted <= bytes.length) {
          const end = at + wanted;
          step(code, Buffer.from(bytes.subarray(at, end)));
          at = end;
          continue;
        }
        const byte = bytes[at++] as number; // the loop stays inside
        if (aligned !== undefined) {
          skip = aligned + byte;
          aligned = undefined;
        } else if (code === undefined) begin(byte);
        else goOn(code, byte);
        if (isFork) {
          const others = new Map<string, Import>();
          shadow = streamOn(machine.fork(others), others, false);
          shadow.push(bytes.subarray(at));
          isFork = false;
        }
      }
    },
    end: () => ({
      ended,
      isWhole: (state === 'between' || state === 'over') && skip === 0,
      isSound: state !== 'lost',
      opcodes,
      isTorchLegacy: hasTorchMagic(first),
      head: first.subarray(0, firstBytes),
      ...merged(),
    }),
  };
}
