/**
 * Compiled code, by its first bytes: ELF, PE, Mach-O (of one or several processors), WebAssembly, bitcode of LLVM, objects of Go.
 * Strings in it may touch one another.
 */
export function isProgram(head: Uint8Array): boolean {
  const [a = 0, b = 0, c = 0, d = 0] = head;
  switch (a) {
    case 0x7f:
      return b === 0x45 && c === 0x4c && d === 0x46;
    case 0x4d:
      return b === 0x5a && hasZero(head);
    case 0xfe:
      return b === 0xed && c === 0xfa && (d === 0xce || d === 0xcf);
    case 0xce:
    case 0xcf:
      return b === 0xfa && c === 0xed && d === 0xfe;
    case 0xca:
      // A class of Java begins alike, but has its version where Mach-O has how many processors there are.
      return (
        b === 0xfe && c === 0xba && (d === 0xbe || d === 0xbf) && head[4] === 0 && head[5] === 0 && head[6] === 0 && (head[7] ?? 99) < 40
      );
    case 0:
      return b === 0x61 && c === 0x73 && d === 0x6d;
    case 0x42:
      return b === 0x43 && c === 0xc0 && d === 0xde;
    case 0x67:
      return Buffer.from(head.subarray(0, 10)).toString('latin1') === 'go object ';
    default:
      return false;
  }
}

/** Two letters may begin a text, too. */
const hasZero = (head: Uint8Array): boolean => head.includes(0);
