import type { ModelRisk } from '../../images/components/models/model-warnings.ts';
import type { Asset } from '../../model/asset.ts';
import type { Check } from '../../model/check.ts';
import { fingerprintOf } from '../../model/fingerprint.ts';
import { modelFilesCheck, repositoryType } from '../../model/image-rule.ts';
import { objectsIn } from '../../model/json.ts';
import { sortedBy } from '../../model/order.ts';
import { type Finding, subjectOf } from '../../model/report.ts';
import type { ImageLocation } from '../../model/secret-match.ts';
import type { Judgement } from '../../model/verdict.ts';
import { groupedByPlace } from './image-places.ts';
import { runsCode, unpicklesMore } from './model-file-rules.ts';
import { renderFix } from '../judge/render-fix.ts';

const ruleOf: { readonly [R in ModelRisk]: Check } = { 'runs code': runsCode, 'unpickles more': unpicklesMore };

/** One finding per risky model file that an image still shows, whatever the number of its tags and platforms. */
export function modelFileFindings(assets: readonly Asset[]): readonly Finding[] {
  return assets.filter(({ type }) => type === repositoryType).flatMap((asset) => riskyFiles(asset).map((file) => findingOf(asset, file)));
}

/** `fail` with any such file, `pass` without where every layer was read, else unknown with the gaps. */
export function modelFileJudgements(assets: readonly Asset[]): readonly Judgement[] {
  return assets.flatMap((asset): readonly Judgement[] => {
    if (asset.type !== repositoryType) return [];
    const judged = { check: modelFilesCheck, asset: asset.id };
    if (riskyFiles(asset).length > 0) return [{ ...judged, verdict: { status: 'fail', evidence: [] } }];
    const because = asset.unread.filter(({ prefix }) => prefix !== configs).map(({ why }) => why);
    return [{ ...judged, verdict: because.length === 0 ? { status: 'pass', evidence: [] } : { status: 'unknown', because } }];
  });
}

/** What is said of manifests by their configs holds no files. */
const configs = 'manifests';

/** A model file as the facts of a repository have it. */
interface RiskyFile {
  readonly path: string;
  readonly risk: ModelRisk;
  readonly warnings: readonly string[];
  readonly layers: readonly string[];
  readonly visible: ImageLocation['visible'];
}

function riskyFiles({ facts }: Asset): readonly RiskyFile[] {
  return objectsIn(facts['$components']).flatMap(({ path, risk, warnings, layers, visible }) =>
    typeof path === 'string' && (risk === 'runs code' || risk === 'unpickles more') && visible !== 'deleted'
      ? [{ path, risk, warnings: textsIn(warnings), layers: textsIn(layers), visible: visible === 'final' ? visible : 'unknown' }]
      : [],
  );
}

function findingOf(asset: Asset, file: RiskyFile): Finding {
  const rule = ruleOf[file.risk];
  return {
    fingerprint: fingerprintOf(rule.id, asset.id, file.path),
    rule: rule.id,
    ...subjectOf(asset),
    place: file.path,
    severity: rule.severity,
    title: rule.title,
    evidence: [{ path: file.path, found: { warnings: file.warnings }, wanted: 'weights alone' }],
    locations: sortedBy(placesOf(asset, file), (at) => JSON.stringify(at)),
    fix: renderFix(rule.fix, asset),
  };
}

/** Every manifest that has one of its layers. */
function placesOf(asset: Asset, { path, layers, visible }: RiskyFile): readonly ImageLocation[] {
  const places = objectsIn(asset.facts['manifests']).flatMap(({ digest, tags, platforms, layers: own }) =>
    textsIn(own).flatMap((blob, layerIndex): readonly ImageLocation[] =>
      layers.includes(blob) && typeof digest === 'string'
        ? [
            {
              kind: 'image',
              asset: asset.id,
              manifests: [digest],
              tags: textsIn(tags),
              platforms: textsIn(platforms),
              part: 'layer',
              blob,
              layerIndex,
              path,
              visible,
            },
          ]
        : [],
    ),
  );
  return groupedByPlace(places);
}

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
