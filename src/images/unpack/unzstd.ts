import { type ByteRoom, createFiller, type Decompressor } from './byte-room.ts';
import { type InflateHandle, openHandle } from './inflate-handle.ts';
import { createWasmUnzstd } from './unzstd-wasm.ts';
import { cutFault, zstdFault } from './zstd-faults.ts';
import { createZstdFrames } from './zstd-frames.ts';

/**
 * By Node's own decoder where it has one (22.15, 23.8 and later), else by WebAssembly: both give the same bytes and say the same
 * faults. Reads several frames and skips skippable ones; windows above 128 MiB are refused, as the command line tool does.
 */
export async function createUnzstd(out: ByteRoom): Promise<Decompressor> {
  const handle = openHandle('zstd');
  if (handle !== undefined) return createNativeUnzstd(handle, out);
  const { zstdExports } = await import('./zstd-module.ts');
  return createWasmUnzstd(await zstdExports(), out);
}

/** The handle does not say whether a frame has ended: that is followed beside it. */
export function createNativeUnzstd(handle: InflateHandle, out: ByteRoom): Decompressor {
  const filler = createFiller(out);
  const frames = createZstdFrames();
  const faults: string[] = [];
  return {
    write(chunk) {
      for (let at = 0; faults.length === 0; ) {
        const { consumed, produced, fault, errno } = handle.step(chunk, at, chunk.length, filler.room, filler.filled, filler.room.length);
        frames.walk(chunk, at, at + consumed);
        at += consumed;
        filler.advance(produced);
        if (fault !== undefined) faults.push(zstdFault(errno));
        else if (consumed === 0 && produced === 0) return;
      }
      // Where in a piece the fault lies is not known: all of it goes through.
      filler.copy(chunk, 0, chunk.length);
    },
    end() {
      filler.flush();
      if (faults.length === 0 && !frames.isBetween()) faults.push(cutFault);
      handle.close();
      return faults;
    },
    close: () => handle.close(),
  };
}
