import { latin1 } from '../recogniser.ts';

/** Whether these bytes begin with the number that `torch.save` pickled first before PyTorch 1.6, as LONG1 of ten bytes. */
export function hasTorchMagic(bytes: Uint8Array): boolean {
  return latin1(bytes.subarray(0, 16)).includes('\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19');
}

/** Those that `torch.load` reads from the start of such a file: magic number, protocol, system, objects and the keys of their storages. */
export const torchPickles = 5;
