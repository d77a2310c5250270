import type { LayerReport } from '../../images/layer/layer-pass.ts';
import { readPathSet } from '../../images/layer/path-set.ts';

type Visible = 'final' | 'deleted' | 'unknown';

/**
 * Whether a file of a layer is still there when the image is started, under this name or that of a hard link. A later
 * layer that could not be read may have removed or replaced it: unknown, unless another one surely did.
 */
export function visibilityOf(layers: readonly (LayerReport | undefined)[]): (layerIndex: number, path: string) => Visible {
  const changes = layers.map((report) => report && changesOf(report));
  const stateOf = (layerIndex: number, file: string): Visible => {
    let state: Visible = 'final';
    for (const [at, later] of changes.entries()) {
      if (at <= layerIndex) continue;
      if (later === undefined) state = 'unknown';
      else if (later.hides(file)) return 'deleted';
      // Some runtimes follow the links of lower layers while they unpack, others put a directory in their place.
      else if (otherNames(file, layers.slice(0, at)).some((name) => later.hides(name))) state = 'unknown';
    }
    return state;
  };
  return (layerIndex, path) => {
    const file = path.split('!/')[0] ?? '';
    if (file === '') return 'unknown';
    // A later layer may link to it, too.
    const links = layers.flatMap((report, at) =>
      at < layerIndex ? [] : (report?.hardLinks ?? []).filter(({ target }) => target === file).map((link) => ({ at, name: link.path })),
    );
    const states = [{ at: layerIndex, name: file }, ...links].map(({ at, name }) => stateOf(at, name));
    return states.find((state) => state === 'final') ?? states.find((state) => state === 'unknown') ?? 'deleted';
  };
}

/** The names of a file through one symbolic link to a directory, and where it really lies if its own name goes through one. */
function otherNames(file: string, layers: readonly (LayerReport | undefined)[]): readonly string[] {
  const links = layers.flatMap((report) => report?.folderLinks ?? []);
  return links.flatMap(({ path, target }) => [...moved(file, target, path), ...moved(file, path, target)]);
}

const moved = (file: string, from: string, to: string): readonly string[] =>
  from !== '' && file.startsWith(`${from}/`) ? [`${to}${file.slice(from.length)}`] : [];

const noMarks = new Uint8Array(0);

function changesOf({ whiteouts, opaque, written = noMarks }: LayerReport): { readonly hides: (file: string) => boolean } {
  const gone = new Set(whiteouts);
  const emptied = new Set(opaque);
  const paths = readPathSet(written);
  return {
    hides(file) {
      const parents = parentsOf(file);
      if (gone.has(file) || parents.some((at) => gone.has(at) || emptied.has(at))) return true;
      // Another file of this name, a directory in its place, or a file where one of its directories was.
      return paths.has(file) || paths.has(`${file}/`) || parents.some((at) => at !== '' && paths.has(at));
    },
  };
}

/** `a/b/c` → `a/b`, `a`, ``. */
function parentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, at) => parts.slice(0, parts.length - 1 - at).join('/'));
}
