import { parseRegistryHost, parseRegistryReference } from '../../images/reference.ts';
import type { ImageSources } from '../../images/sources/open-image.ts';
import type { ReaderOptions } from '../../images/sources/registry/reader.ts';
import { listRepositories } from '../../images/sources/registry/catalogue.ts';
import { globMatcher } from '../../model/glob.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { WantedImage } from './wanted-image.ts';

export interface RegistryChoice {
  readonly text: string;
  readonly host: string;
  /** A glob over names of repositories. */
  readonly repositories: string;
}

/** `HOST[:PORT][/GLOB]`, as browsers show it, too. Throws a UsageError. */
export function parseRegistryChoice(text: string): RegistryChoice {
  const bare = text.replace(/^(?:https|docker|oci):\/\//, '').replace(/\/+$/, '');
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(bare)?.[0];
  if (scheme !== undefined || bare === '')
    throw new UsageError(`--registry ${scheme === undefined ? 'is empty' : `begins with "${scheme}"`}`, {
      hint: 'write HOST[:PORT], or HOST[:PORT]/GLOB for some of its repositories; plain http is allowed by --plain-http HOST',
    });
  const slash = bare.indexOf('/');
  const host = parseRegistryHost(slash < 0 ? bare : bare.slice(0, slash));
  return { text, host, repositories: slash < 0 ? '*' : bare.slice(slash + 1) };
}

/** All repositories of a registry that its catalogue names and the choice matches; of each the newest tag where nothing else is wanted. */
export function wantedRegistry(
  { text, host, repositories }: RegistryChoice,
  sources: ImageSources,
  options: { readonly reader: ReaderOptions; readonly isWanted: (repository: string) => boolean },
): WantedImage {
  return {
    reference: text,
    repository: `oci:${host}`,
    isRegistry: true,
    async open(signal) {
      const { names, gap } = await listRepositories(sources.registry(host), signal);
      const chosen = names.filter(globMatcher(repositories));
      const readers = await Promise.all(
        chosen
          .filter((name) => options.isWanted(`oci:${host}/${name}`))
          .map((name) =>
            sources.open(parseRegistryReference(`${host}/${name}`), { ...options.reader, tags: options.reader.tags ?? { newest: 1 } }),
          ),
      );
      if (gap !== undefined) return { readers, gaps: [gap] };
      if (chosen.length > 0) return { readers, gaps: [] };
      const all = names.length === 1 ? 'its only repository is not' : `none of its ${names.length} repositories is`;
      const detail = names.length === 0 ? 'its catalogue names no repository' : `${all} like "${repositories}"`;
      return { readers, gaps: [{ reason: 'unavailable', subject: host, detail }] };
    },
  };
}
