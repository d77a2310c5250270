/** Hands on whole blocks of one size as bytes pass, numbered from 1; what is left at the end is none. A block is valid until the next. */
export function wholeBlocks(blockBytes: number, take: (block: Buffer, number: number) => void): (bytes: Uint8Array) => void {
  const block = Buffer.alloc(blockBytes);
  let filled = 0;
  let number = 0;
  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      const taken = Math.min(blockBytes - filled, bytes.length - at);
      block.set(bytes.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < blockBytes) continue;
      filled = 0;
      take(block, ++number);
    }
  };
}
