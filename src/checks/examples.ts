import type { Asset, Edge, EdgeKind } from '../model/asset.ts';
import type { Check } from '../model/check.ts';
import { assetId, type AssetType, assetType, gapId, operationId, type ProviderName, scopeId } from '../model/ids.ts';
import type { Asked, Inventory } from '../model/inventory.ts';
import type { Verdict, VerdictStatus } from '../model/verdict.ts';
import type { Example, ExampleTarget } from './document.ts';
import { indexEstate } from './estate.ts';
import { compilerOf, type Library } from './judge.ts';

export interface ExampleFailure {
  readonly label: string;
  readonly expected: VerdictStatus;
  readonly verdict: Verdict;
  /** With `elements`: the keys that failed instead. */
  readonly elements?: readonly string[];
}

/** Judges the example's asset as a scan would. `library.checks` holds the check itself. */
export function judgeExample(check: Check, example: Example, library: Library): Verdict {
  const others = library.checks.filter(({ id }) => id !== check.id);
  const compile = compilerOf({ ...library, checks: [...others, { ...check, params: paramsOf(check, example) }], policy: {} });
  const { inventory, asset } = estateOf(example, assetType(example.asset ?? (check.assets[0] as string)));
  const estate = indexEstate(inventory);
  const compiled = compile(check.id);
  if (compiled === undefined) throw new TypeError(`there is no check ${check.id}`);
  return compiled.judge(estate.place(asset), estate);
}

/** The examples that come out otherwise than they say. */
export function failingExamples(check: Check, examples: readonly Example[], library: Library): readonly ExampleFailure[] {
  return examples.flatMap((example) => {
    const verdict = judgeExample(check, example, library);
    const elements = failingElements(verdict);
    const asWished = verdict.status === example.verdict && (example.elements === undefined || sameSet(example.elements, elements));
    if (asWished) return [];
    return [{ label: example.label, expected: example.verdict, verdict, ...(example.elements !== undefined && { elements }) }];
  });
}

/** Keys of the elements that fail, once each. */
export function failingElements(verdict: Verdict): readonly string[] {
  if (verdict.status !== 'fail') return [];
  return [...new Set(verdict.evidence.flatMap(({ element }) => (element === undefined ? [] : [element])))];
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

/** An example is judged by the defaults and by what it says itself, whatever the user's policy is. */
function paramsOf({ params }: Check, example: Example): Check['params'] {
  return Object.fromEntries(Object.entries(params).map(([name, param]) => [name, { default: example.params?.[name] ?? param.default }]));
}

type Estate = Pick<Inventory, 'scopes' | 'asked' | 'assets' | 'edges'>;

const gap = gapId('example');

function estateOf(example: Example, type: AssetType): { readonly inventory: Estate; readonly asset: Asset } {
  const provider = type.split('.')[0] as ProviderName;
  const scope = scopeId(provider, 'example', 'example');
  const assets: Asset[] = [];
  const edges: Edge[] = [];

  const add = (one: Omit<ExampleTarget, 'dangling' | 'unseen'>, id: string): Asset => {
    const asset: Asset = {
      id: assetId(id),
      type: assetType(one.type),
      name: 'example',
      scope,
      facts: one.facts ?? {},
      unread: (one.unread ?? []).map((place) => ({ ...(typeof place === 'string' ? { prefix: place } : place), why: { gap } })),
      hiddenEdges: Object.entries(one.hidden ?? {}).flatMap(([kind, types]) =>
        types.map((to) => ({ kind: kind as EdgeKind, to: assetType(to), why: { gap } })),
      ),
    };
    assets.push(asset);
    for (const [kind, targets] of Object.entries(one.edges ?? {})) {
      targets.forEach((target, i) => {
        const to = `${id}/${kind}[${i}]`;
        edges.push({
          from: asset.id,
          to: assetId(to),
          kind: kind as EdgeKind,
          toType: assetType(target.type),
          ...(target.dangling === true && { dangling: true as const }),
        });
        if (target.dangling !== true && target.unseen !== true) add(target, to);
      });
    }
    return asset;
  };

  const asset = add({ ...example, type }, 'example');
  const asked = Object.entries(example.scope ?? {}).map(([other, count]): Asked => {
    const cut = count === 'cut';
    const held = count === 'cut' ? 0 : count;
    for (let i = 0; i < held; i += 1) add({ type: other }, `example ${other} ${i}`);
    return {
      scope,
      type: assetType(other),
      operations: [operationId('example')],
      notAsked: [],
      gaps: cut ? [gap] : [],
      limits: [],
      listingCut: cut,
      leadsTo: [],
    };
  });
  const collectedAt = example.at ?? '2026-01-01';
  return {
    inventory: { scopes: [{ id: scope, provider, account: 'example', region: 'example', collectedAt }], asked, assets, edges },
    asset,
  };
}
