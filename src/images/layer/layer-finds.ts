import type { LayerBudgets } from '../budgets.ts';
import type { ImageGap } from '../image.ts';
import type { AiComponent, LayerMatch } from './layer-pass.ts';
import type { PathSetWriter } from './path-set.ts';

/** What is kept of a layer until its end, up to its budgets: whatever a layer holds, no list grows without bound. */
export interface LayerFinds {
  /** `start`: where the match's file starts in the layer; undefined inside of containers. `isCopy`: its bytes stand in the container, too. */
  addMatch(match: LayerMatch, start: number | undefined, isCopy?: boolean): void;
  addComponent(component: AiComponent): void;
  gap(gap: ImageGap): void;
  /** Says which budget kept something from being listed. */
  notListed(): string | undefined;
  /** Outer paths of the matches, as written. */
  matchedPaths(): ReadonlySet<string>;
  /** The matches, paths masked. Of two members of one path the later one counts, which `written` knows at the end only. */
  matches(written: PathSetWriter): readonly LayerMatch[];
  components(): readonly AiComponent[];
  gaps(digest: string): readonly ImageGap[];
}

export function createLayerFinds(budgets: Pick<LayerBudgets, 'keys' | 'components' | 'gaps'>, mask: (text: string) => string): LayerFinds {
  const matches: LayerMatch[] = [];
  const starts: (number | undefined)[] = [];
  const copies = new Set<LayerMatch>();
  const components: AiComponent[] = [];
  const gaps: ImageGap[] = [];
  const dropped = { keys: 0, components: 0, gaps: 0 };
  const matchedPaths = (): ReadonlySet<string> => new Set(matches.map(outerPath));

  return {
    addMatch(match, start, isCopy = false) {
      if (matches.length >= budgets.keys) return void dropped.keys++;
      matches.push(match);
      if (isCopy) copies.add(match);
      starts.push(start);
    },
    addComponent(component) {
      if (components.length >= budgets.components) return void dropped.components++;
      components.push(maskedComponent(component, mask));
    },
    gap(gap) {
      if (gaps.length < budgets.gaps) gaps.push({ ...gap, subject: mask(gap.subject) });
      else dropped.gaps++;
    },
    notListed() {
      if (dropped.keys > 0) return `read in part: it holds keys at more than ${budgets.keys} places`;
      return dropped.components > 0 ? `read in part: it holds more than ${budgets.components} AI components` : undefined;
    },
    matchedPaths,
    matches(written) {
      const last = written.lastOf(matchedPaths());
      const told = new Set(copies.size === 0 ? [] : matches.filter((match) => !copies.has(match)).map((match) => keyIn(match, match.path)));
      return matches.flatMap((match, n) => {
        if (copies.has(match) && told.has(keyIn(match, match.path.slice(0, match.path.lastIndexOf('!/'))))) return [];
        const start = starts[n];
        const isReplaced = start !== undefined && (last.get(outerPath(match)) ?? start) > start;
        return { ...match, path: mask(match.path), ...(isReplaced && { isReplacedInLayer: true as const }) };
      });
    },
    components: () => components,
    gaps(digest) {
      if (dropped.gaps === 0) return gaps;
      return [
        ...gaps,
        {
          reason: 'too-large',
          subject: digest,
          detail: `${dropped.gaps} further ${dropped.gaps === 1 ? 'gap is' : 'gaps are'} not listed one by one`,
        },
      ];
    },
  };
}

const keyIn = ({ detector, digest, shown }: LayerMatch, path: string): string => JSON.stringify([detector, digest ?? shown, path]);

const outerPath = ({ path }: LayerMatch): string => path.split('!/', 1)[0] ?? '';

/** Names, versions and warnings are whatever the file says. */
function maskedComponent({ name, version, path, warnings, ...others }: AiComponent, mask: (text: string) => string): AiComponent {
  return {
    ...others,
    name: mask(name),
    ...(version !== undefined && { version: mask(version) }),
    path: mask(path),
    ...(warnings !== undefined && { warnings: warnings.map(mask) }),
  };
}
