import type { AiComponent } from '../../images/layer/layer-pass.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { byCodeUnit, sortedBy } from '../../model/order.ts';
import type { LayerReports, RepositoryRun } from './image-run.ts';
import { visibilityOf } from './visible-in-image.ts';
import { groupedBy } from '../../model/grouped-by.ts';

/** A component and the layers that have it. */
interface Placed {
  readonly component: AiComponent;
  readonly layers: readonly string[];
}

/** A component once, with every layer that has it; model files under the name that is declared beside them, and those of one model as one. */
export function componentsOf(run: RepositoryRun, reports: LayerReports, maskText: (text: string) => string): readonly Json[] {
  const visible = visibleIn(run, reports);
  const facts = withoutParts(named(placedComponents(run, reports))).map(({ component, layers, files }) => ({
    ...componentFact(component, maskText),
    ...(files > 1 && { files }),
    layers,
    // Asked where it matters: it takes a look at every layer above.
    ...(component.risk !== undefined && { visible: visible(component.path, layers) }),
  }));
  // Kind and name come first in the text.
  return sortedBy(facts, (component) => JSON.stringify(component));
}

function placedComponents(run: RepositoryRun, reports: LayerReports): readonly Placed[] {
  const digests = new Set([...run.manifests.values()].flatMap(({ manifest }) => manifest.layers.map(({ digest }) => digest)));
  const layersOf = new Map<string, { readonly component: AiComponent; readonly layers: string[] }>();
  for (const digest of [...digests].sort(byCodeUnit)) {
    for (const component of reports.get(digest)?.components ?? []) {
      const key = JSON.stringify(component);
      const known = layersOf.get(key);
      if (known) known.layers.push(digest);
      else layersOf.set(key, { component, layers: [digest] });
    }
  }
  return [...layersOf.values()];
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A file that declares no name has that of its folder, or of the folder above: the parts of a pipeline have folders of their own. */
function named(all: readonly Placed[]): readonly Placed[] {
  const names = new Map<string, string>();
  for (const { component } of all) if (component.describes !== undefined) names.set(folderOf(component.path), component.name);
  return all.flatMap(({ component, layers }) => {
    if (component.describes !== undefined) return [];
    const hasOwn = component.kind !== 'model' || component.name !== baseOf(component.path);
    const folder = folderOf(component.path);
    const name = hasOwn ? undefined : (names.get(folder) ?? names.get(folderOf(folder.slice(0, -1))));
    return [{ component: name === undefined ? component : { ...component, name }, layers }];
  });
}

/** `model-00002-of-00005.safetensors`: what several files hold is one model, at the first of them. One that is a risk stands by itself. */
function withoutParts(all: readonly Placed[]): readonly (Placed & { readonly files: number })[] {
  const models = groupedBy(all, ({ component }) => {
    const { path, kind, warnings } = component;
    const [, stem, extension] = kind === 'model' && warnings === undefined ? (/^(.*)-\d{5}-of-(\d{5}\.[\w.]+)$/.exec(path) ?? []) : [];
    return stem === undefined ? JSON.stringify(component) : `${stem} ${extension}`;
  });
  return [...models.values()].map((parts) => {
    const [first] = sortedBy(parts, ({ component }) => component.path) as [Placed, ...Placed[]]; // each has what opened it
    const layers = [...new Set(parts.flatMap((part) => part.layers))].sort(byCodeUnit);
    return { component: first.component, layers, files: parts.length };
  });
}

/** Whether who starts one of the images sees a file of these layers. What is no image is seen whole. */
function visibleIn({ manifests }: RepositoryRun, reports: LayerReports): (path: string, layers: readonly string[]) => string {
  const images = [...manifests.values()].map(({ manifest }) => {
    const visible = visibilityOf(manifest.layers.map(({ digest }) => reports.get(digest)));
    return { layers: manifest.layers, visible: manifest.role === 'image' ? visible : () => 'final' as const };
  });
  return (path, own) => {
    const states = images.flatMap(({ layers, visible }) =>
      layers.flatMap(({ digest }, at) => (own.includes(digest) ? [visible(at, path)] : [])),
    );
    return states.find((state) => state === 'final') ?? states.find((state) => state === 'unknown') ?? 'deleted';
  };
}

function componentFact(
  { kind, name, version, ecosystem, format, path, warnings, risk }: AiComponent,
  maskText: (text: string) => string,
): JsonObject {
  return {
    kind,
    name: maskText(name),
    ...(version !== undefined && { version: maskText(version) }),
    ...(ecosystem !== undefined && { ecosystem }),
    ...(format !== undefined && { format }),
    path: maskText(path),
    ...(warnings !== undefined && warnings.length > 0 && { warnings: warnings.map(maskText) }),
    ...(risk !== undefined && { risk }),
  };
}
