import type { Container } from '../container.ts';
import type { ContentReader } from '../content-reader.ts';

/** A loose object: one zlib stream, `blob <size>\0` and the content. */
export const readLooseObject = (container: Container): ContentReader | undefined => readZlib(container, 'object', true);

/** One zlib stream, as joblib writes models. Where it is not sure to be one, bytes that do not unpack say nothing. */
export function readZlib(container: Container, name = '', isSure = false): ContentReader | undefined {
  const inflate = container.inflates.open('zlib');
  const item = inflate && container.item(name);
  if (inflate === undefined || item === undefined) return undefined;
  const { scratch } = inflate;
  let isDone = false;
  let written = 0;
  return {
    push(bytes) {
      for (let at = 0; !isDone; ) {
        const { consumed, produced, fault } = inflate.step(bytes, at, bytes.length, scratch, 0, scratch.length);
        at += consumed;
        written += produced;
        if (produced > 0 && !item.write(scratch.subarray(0, produced))) isDone = true;
        if (fault !== undefined) {
          isDone = true;
          if (isSure || written > 0) container.limit('damaged archive inside a layer');
        }
        if (consumed === 0 && produced === 0) return;
      }
    },
    end(isWhole) {
      item.end(isWhole && !isDone);
      inflate.close();
    },
  };
}
