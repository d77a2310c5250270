import type { LayerReport } from '../images/layer-pass.ts';

type Visible = 'final' | 'deleted' | 'unknown';

/**
 * Whether a file of a layer is still there when the image is started. A later layer that could not be read may have removed it:
 * unknown, unless another one surely did.
 */
export function visibilityOf(layers: readonly (LayerReport | undefined)[]): (layerIndex: number, path: string) => Visible {
  const hidden = layers.map((report) => report && { gone: new Set(report.whiteouts), opaque: new Set(report.opaque) });
  return (layerIndex, path) => {
    const file = path.split('!/')[0] ?? '';
    if (file === '') return 'unknown';
    const parents = parentsOf(file);
    let state: Visible = 'final';
    for (const later of hidden.slice(layerIndex + 1)) {
      if (later === undefined) state = 'unknown';
      else if ([file, ...parents].some((at) => later.gone.has(at)) || parents.some((at) => later.opaque.has(at))) return 'deleted';
    }
    return state;
  };
}

/** `a/b/c` → `a/b`, `a`, ``. */
function parentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, at) => parts.slice(0, parts.length - 1 - at).join('/'));
}
