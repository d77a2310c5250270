/**
 * Writes what follows from the directories, so that one more collector, format, check or schema is one more file:
 * indexes of modules, the bundle of checks, and a validator for each schema. Nothing of it is committed.
 * Folders that are missing give empty indexes.
 */
import { fileURLToPath } from 'node:url';
import { writeCheckBundle } from './generate/check-bundle.ts';
import { writeDecoders } from './generate/decoders.ts';
import { writeKernel } from './generate/kernel.ts';
import { writeIndexes } from './generate/indexes.ts';
import { writeShapes } from './generate/shapes.ts';
import { writeValidators } from './generate/validators.ts';
import { openTree } from './generate/tree.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const tree = openTree(root);
writeIndexes(tree);
await writeShapes(tree, root);
await writeKernel(tree, writeCheckBundle(tree));
await writeValidators(tree);
writeDecoders(tree);
tree.removeStale();
