import type { Beside } from '../unpack/beside.ts';
import { createLane } from './lane.ts';
import type { ByteSink, LayerMatch } from './layer-pass.ts';

/** What is found beside the content of a packed layer is in the layer, and in none of its files. */
export function searchBeside({ bytes }: Beside, sink: ByteSink, found: (match: LayerMatch) => void): void {
  const lane = createLane({
    sink,
    found: ({ line: _line, column: _column, offsetInFile: _offset, ...match }) => found({ ...match, path: '' }),
    innermost: (region) => region,
  });
  const item = lane.begin('');
  item.write(bytes);
  item.end();
  lane.end();
}
