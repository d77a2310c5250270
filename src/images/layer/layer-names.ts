import type { LayerReport } from './layer-pass.ts';
import { createPathSet, type PathSetWriter } from './path-set.ts';
import { cleanPath, linkTarget } from '../tar/member-path.ts';
import type { TarMember } from '../tar/tar-member.ts';

type Names = Pick<LayerReport, 'whiteouts' | 'opaque' | 'written' | 'hardLinks' | 'folderLinks'>;

/** What later questions need of the names in a layer: what is written, removed and linked. Lists are bounded; what is beyond is a limit. */
export interface LayerNames {
  note(member: TarMember): void;
  readonly written: PathSetWriter;
  /** The names, masked. `matched`: files with keys; links to others matter only where this layer does not write them. */
  read(matched: ReadonlySet<string>): Names;
}

const hardLinkLimit = 100_000;
const folderLinkLimit = 5_000;
const listLimit = 100_000;

interface Link {
  readonly path: string;
  readonly target: string;
}

interface NamesOptions {
  readonly mask: (text: string) => string;
  readonly limit: (subject: string) => void;
}

export function createLayerNames({ mask, limit }: NamesOptions): LayerNames {
  const written = createPathSet();
  const whiteouts: string[] = [];
  const opaque: string[] = [];
  const hardLinks: Link[] = [];
  const folderLinks: Link[] = [];
  const masked = ({ path, target }: Link): Link => ({ path: mask(path), target: mask(target) });

  /** To files with keys, and to files of earlier layers, of which others know. */
  function linksThatMatter(matched: ReadonlySet<string>): readonly Link[] {
    const others = hardLinks.filter(({ target }) => !matched.has(target)).map(({ target }) => target);
    const own = written.lastOf(others);
    return hardLinks.filter(({ target }) => matched.has(target) || !own.has(target)).map(masked);
  }

  return {
    written,
    note({ path, kind, linkName, start }) {
      const slash = path.lastIndexOf('/');
      const name = path.slice(slash + 1);
      if (name.startsWith('.wh.')) {
        const list = name === '.wh..wh..opq' ? opaque : whiteouts;
        if (name !== '.wh..wh..opq' && name.startsWith('.wh..wh.')) return; // bookkeeping of AUFS
        if (list.length >= listLimit) return limit('whiteout beyond the first 100000');
        list.push(mask(list === opaque ? path.slice(0, Math.max(0, slash)) : path.slice(0, slash + 1) + name.slice(4)));
        return;
      }
      if (kind === 'symbolic-link' && !name.includes('.')) {
        if (folderLinks.length < folderLinkLimit) folderLinks.push({ path, target: linkTarget(path, linkName) });
        else limit('symbolic link beyond the first 5000');
      }
      written.add(kind === 'directory' ? `${path}/` : path, start);
      if (kind !== 'hard-link') return;
      if (hardLinks.length < hardLinkLimit) hardLinks.push({ path, target: cleanPath(linkName) });
      else limit('hard link beyond the first 100000');
    },
    read(matched) {
      const links = linksThatMatter(matched); // before the marks are read
      return {
        whiteouts,
        opaque,
        written: written.marks(),
        hardLinks: links,
        ...(folderLinks.length > 0 && { folderLinks: folderLinks.map(masked) }),
      };
    },
  };
}
