import type { Check } from '../../model/check.ts';
import { type AssetType, checkId } from '../../model/ids.ts';
import { imageKeysCheck, repositoryType, ruleOfDetector } from '../../model/image-rule.ts';
import { byCodeUnit, sortedBy } from '../../model/order.ts';
import type { Confidence, SecretMatch } from '../../model/secret-match.ts';
import type { Severity } from '../../model/severity.ts';
import type { Detector } from '../../secrets/detectors/compile.ts';
import { groupedBy } from '../../model/grouped-by.ts';
import { sentence } from '../../model/words.ts';

/** How bad a key in an image is: as bad as it is sure that it is one. */
export const severityOfConfidence: { readonly [C in Confidence]: Severity } = { certain: 'critical', likely: 'high', possible: 'medium' };

const assets: readonly AssetType[] = [repositoryType];
const because = 'Whoever can pull an image can read every layer of it, also what a later layer deletes.';
const rebuild =
  'Rebuild the image without it: hand it to the build as a secret mount (RUN --mount=type=secret), to the running container from a secret store, and keep local files out with .dockerignore. A later RUN rm leaves it in the layer below.';

/** The question itself: it has a verdict for every repository that was looked at, also where no key was found. */
export const keysInImages: Check = ruleLike({
  id: imageKeysCheck,
  title: 'Images hold no keys',
  severity: 'critical',
  fix: `Rotate each key at its issuer. ${rebuild}`,
  see: [],
});

/** What a rule is made of: a detector before or after it is compiled. */
export type KeyKind = Pick<Detector, 'id' | 'issuer' | 'rotate' | 'spec'>;

/** One rule for each kind of key, with the help of its issuer. What several issuers share is a rule of its own. */
export function imageRules(detectors: readonly KeyKind[]): readonly Check[] {
  const own = detectors.map(({ id, issuer, rotate, spec }) =>
    ruleOf(id, [issuer], `${rotate.do.replace(/\.$/, '')} (${rotate.see})`, [rotate.see], spec.confidence),
  );
  const colliding = detectors.filter(({ spec }) => spec.collides !== undefined);
  const shared = [...groupedBy(colliding, ({ spec }) => spec.collides)].map(([shape, same]) => {
    const issuers = [...new Set(same.map(({ issuer }) => issuer))].sort(byCodeUnit);
    const rotations = new Map(same.map(({ issuer, rotate }) => [issuer, rotate.see]));
    const help = `Find out whose key it is, and rotate it there: ${issuers.map((issuer) => `${issuer} (${rotations.get(issuer) ?? ''})`).join(', ')}.`;
    const surest = same.map(({ spec }) => spec.alone ?? spec.confidence).sort(bySureness)[0] ?? 'possible';
    return ruleOf(`shared.${shape}`, issuers, help, [...new Set(rotations.values())], surest);
  });
  return sortedBy([...own, ...shared], ({ id }) => id);
}

/** A key of a saved inventory whose detector this program does not have (any more). */
export function ruleOfUnknownDetector({ detector, issuerCandidates, confidence }: SecretMatch): Check {
  const issuers = issuerCandidates.length > 0 ? issuerCandidates : [detector];
  return ruleOf(detector, issuers, `Rotate the key at ${issuers.join(' or ')}.`, [], confidence);
}

/** The surest first. */
export function bySureness(a: Confidence, b: Confidence): number {
  return sureness.indexOf(a) - sureness.indexOf(b);
}

const sureness: readonly Confidence[] = ['certain', 'likely', 'possible'];

function ruleOf(detector: string, issuers: readonly string[], rotate: string, see: readonly string[], confidence: Confidence): Check {
  const kind = detector.slice(detector.indexOf('.') + 1).replaceAll('-', ' ');
  return ruleLike({
    id: checkId(ruleOfDetector(detector)),
    title: `Images hold no key of ${issuers.join(', ')} (${kind})`,
    severity: severityOfConfidence[confidence],
    fix: `${sentence(rotate)} ${rebuild}`,
    see,
  });
}

function ruleLike({ id, title, severity, fix, see }: Pick<Check, 'id' | 'title' | 'severity' | 'see'> & { readonly fix: string }): Check {
  return {
    id,
    title,
    severity,
    assets,
    because,
    fix: {
      kind: 'manual',
      do: fix,
      undo: 'cannot be undone: a rotated key stays revoked',
      effect: 'whatever still uses the old key stops working',
    },
    maps: {},
    relates: {},
    see,
    tags: ['secret', 'image'],
    params: {},
    formerly: [],
  };
}
