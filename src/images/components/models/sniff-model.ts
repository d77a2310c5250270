import { latin1 } from '../recogniser.ts';
import { pickleStream } from '../pickle/pickle-stream.ts';

/** Whether a file of any name begins as a pickle or as a model does, by its first bytes (512 where there are as many). Asked of every file. */
export function sniffModel(head: Uint8Array): 'pickle' | 'model' | undefined {
  const [first, second = 0] = head;
  if (first === 0x80) return second >= 2 && second <= 5 && isPickle(head) ? 'pickle' : undefined;
  if (first === 0x63 || first === 0x28) return namesFirst.test(latin1(head.subarray(0, 200))) && isPickle(head) ? 'pickle' : undefined;
  if (first === 0x47) return latin1(head.subarray(0, 4)) === 'GGUF' ? 'model' : undefined;
  if (head[8] === 0x7b && head[7] === 0 && head[6] === 0) return /"(?:dtype|__metadata__)"/.test(latin1(head)) ? 'model' : undefined;
  return undefined;
}

/** Older protocols are text: a module and a name in it, right away or behind a mark. */
const namesFirst = /^\(?c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n/;

/** Ended, or sound as far as these bytes go. */
function isPickle(head: Uint8Array): boolean {
  const stream = pickleStream();
  stream.push(head);
  const { ended, isSound, opcodes } = stream.end();
  return ended > 0 || (isSound && opcodes > 0);
}
