import type { ImageReader } from '../../images/image.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { Notes } from '../../providers/notes.ts';
import { noteGap, type RepositoryRun } from './image-run.ts';
import type { WantedImage } from './wanted-image.ts';
import { type Mask, maskedManifest } from './masked-names.ts';

/** A reader, and what it was opened for. */
export interface ReaderOf {
  readonly reader: ImageReader;
  readonly image: WantedImage;
}

/** Opens what is wanted. What the user can put right is thrown, or a gap where no user wrote it. */
export async function openImage(
  image: WantedImage,
  runOf: (repository: string, kind?: 'registry') => RepositoryRun,
  { notes, isTolerant, signal }: { readonly notes: Notes; readonly isTolerant: boolean; readonly signal: AbortSignal },
): Promise<readonly ReaderOf[]> {
  try {
    const { readers, gaps } = await image.open(signal);
    for (const reader of readers) runOf(reader.repository).references.add(reader.reference);
    for (const gap of gaps) noteGap(runOf(image.repository, image.isRegistry && 'registry'), notes, 'image catalogue', gap);
    return readers.map((reader) => ({ reader, image }));
  } catch (error) {
    // Of an archive that was not piped in to its end nobody can say that it is none.
    if (!(error instanceof UsageError) || !(isTolerant || signal.aborted)) throw error;
    const run = runOf(image.repository);
    run.references.add(image.reference);
    const isCut = signal.aborted && !isTolerant;
    const why = isCut
      ? ({ reason: 'interrupted', detail: 'the run was interrupted before this was read' } as const)
      : ({ reason: 'unsupported', detail: error.message } as const);
    noteGap(run, notes, 'image manifest', { ...why, subject: image.reference });
    return [];
  }
}

/** Adds every manifest below a reference to its repository, and says which they are. */
export async function readManifests(
  run: RepositoryRun,
  reader: ImageReader,
  { notes, mask, signal }: { readonly notes: Notes; readonly mask: Mask; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const digests: string[] = [];
  for await (const found of reader.manifests(signal)) {
    if ('gap' in found) {
      noteGap(run, notes, 'image manifest', found.gap);
      continue;
    }
    if ('leftOut' in found) {
      run.limits.add(notes.limit(run.scope, found.leftOut, 'by-design'));
      continue;
    }
    digests.push(found.digest);
    const known = run.manifests.get(found.digest);
    const manifest = maskedManifest(found, mask);
    if (known === undefined) run.manifests.set(found.digest, { manifest, reader, tags: new Set(manifest.tags) });
    else for (const tag of manifest.tags) known.tags.add(tag);
  }
  if (signal.aborted)
    noteGap(run, notes, 'image manifest', {
      reason: 'interrupted',
      subject: reader.reference,
      detail: 'the scan was interrupted while the image was read',
    });
  return digests;
}
