/** What remains of a pickle without its data: its opcodes with their names and numbers, in order. */
export interface PickleOpcodes {
  readonly bytes: Uint8Array;
  /** All of its pickles were read to their ends. */
  readonly isWhole: boolean;
}

const mostBytes = 2 << 20;
/** No name is longer: what is longer is data. */
const longestKept = 512;

const [frame, none, stop, longBytes, protocol] = [0x95, 0x4e, 0x2e, 0x8e, 0x80];
/** What pickles begin with: a protocol, or of the oldest ones a mark, a list, a mapping or a name. */
const firsts: ReadonlySet<number> = new Set([protocol, 0x28, 0x5d, 0x7d, 0x63]);
/** Bytes of an argument: fixed. */
const fixed = new Map([
  [0x80, 1], [0x4a, 4], [0x4b, 1], [0x4d, 2], [0x47, 8], [0x68, 1], [0x6a, 4], [0x71, 1], [0x72, 4], [0x82, 1], [0x83, 2], [0x84, 4], [frame, 8],
]); // biome-ignore format: a table of numbers
/** Bytes of the length of an argument. */
const counted = new Map([
  [0x54, 4], [0x55, 1], [0x58, 4], [0x42, 4], [0x43, 1], [0x8a, 1], [0x8b, 4], [0x8c, 1], [0x8d, 8], [longBytes, 8], [0x96, 8],
]); // biome-ignore format: a table of numbers
/** Lines that follow: strings, numbers, names. */
const lined = new Map([
  [0x46, 1], [0x49, 1], [0x4c, 1], [0x50, 1], [0x53, 1], [0x56, 1], [0x67, 1], [0x70, 1], [0x63, 2], [0x69, 2],
]); // biome-ignore format: a table of numbers

/**
 * Takes the data out of pickles as they pass: each long text or run of bytes becomes `None`, which says as much to whoever looks for names. So
 * opcodes behind gigabytes of data are seen, too. What is no pickle ends it at once.
 */
export function pickleOpcodes(): { push(bytes: Uint8Array): void; end(): PickleOpcodes } {
  let out = new Uint8Array(1024);
  let kept = 0;
  let isFirst = true;
  let opcode: number | undefined;
  /** The opcode with what was read of its argument. */
  let held: number[] = [];
  let lines = 0;
  let skip = 0;
  let isOver = false;
  let isLost = false;
  let isDone = false;

  function keep(bytes: readonly number[]): void {
    if (kept + bytes.length > mostBytes) {
      isLost = true;
      return;
    }
    if (kept + bytes.length > out.length) {
      const larger = new Uint8Array(Math.max(out.length * 2, kept + bytes.length));
      larger.set(out);
      out = larger;
    }
    out.set(bytes, kept);
    kept += bytes.length;
  }

  function begin(byte: number): void {
    // What follows the last pickle of a file is data.
    if (isOver && byte !== protocol) {
      isDone = true;
      return;
    }
    isLost = isFirst ? !firsts.has(byte) : byte < 0x28 || byte > 0x98;
    isFirst = false;
    isOver = byte === stop;
    if (isLost) return;
    lines = lined.get(byte) ?? 0;
    if (lines === 0 && !fixed.has(byte) && !counted.has(byte)) return keep([byte]);
    opcode = byte;
    held = [byte];
  }

  /** One more byte of an argument. */
  function goOn(code: number, byte: number): void {
    held.push(byte);
    if (lines > 0) {
      if (byte === 0x0a) lines--;
      else if (held.length > longestKept * 2) held.pop();
      if (lines === 0) finish(held);
      return;
    }
    const size = fixed.get(code) ?? counted.get(code) ?? 0;
    if (held.length <= size) return;
    if (fixed.has(code)) return finish(code === frame ? [] : held);
    const length = held.slice(1, 1 + size).reduceRight((value, part) => value * 256 + part, 0);
    if (length > longestKept) {
      skip = length;
      finish([none]);
    } else if (held.length === 1 + size + length) finish(held);
  }

  function finish(bytes: readonly number[]): void {
    keep(bytes);
    opcode = undefined;
  }

  return {
    push(bytes) {
      for (let at = 0; at < bytes.length && !isLost && !isDone; ) {
        if (skip > 0) {
          const skipped = Math.min(skip, bytes.length - at);
          skip -= skipped;
          at += skipped;
        } else {
          const byte = bytes[at++] as number; // the loop stays inside
          if (opcode === undefined) begin(byte);
          else goOn(opcode, byte);
        }
      }
    },
    end: () => ({ bytes: out.subarray(0, kept), isWhole: isOver && !isLost }),
  };
}
