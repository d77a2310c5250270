import type { AiComponent } from '../layer-pass.ts';
import { roleOf } from './ai-packages.ts';
import { contentIfSmall, declared, type Member, type Recognised, type Recogniser, utf8 } from './recogniser.ts';

/** dpkg's `status` (one file, or one per package in images without a package manager) and apk's `installed`. */
export const systemPackages: Recogniser = {
  wants(path, base, size) {
    if (base === 'status') return path.endsWith('lib/dpkg/status') ? contentIfSmall(size) : undefined;
    if (base === 'installed') return path.endsWith('lib/apk/db/installed') ? contentIfSmall(size) : undefined;
    return path.includes('lib/dpkg/status.d/') && !base.endsWith('.md5sums') ? contentIfSmall(size) : undefined;
  },
  read: (member) => (member.base === 'installed' ? apkPackages(member) : dpkgPackages(member)),
};

/** Stanzas of `Package:`, `Status:` and `Version:` (deb-control(5)); one that was removed leaves its configuration behind. */
function dpkgPackages(member: Member): Recognised {
  return stanzas(member, 'deb', (stanza) => {
    const isGone = /^Status: (?!install ok )/m.test(stanza) || /^Status: .*(?:config-files|not-installed)$/m.test(stanza);
    return isGone ? {} : { name: fieldOf(stanza, 'Package: '), version: fieldOf(stanza, 'Version: ') };
  });
}

/** Stanzas of one-letter fields: `P:` name, `V:` version (the installed database of apk-tools). */
function apkPackages(member: Member): Recognised {
  return stanzas(member, 'apk', (stanza) => ({ name: fieldOf(stanza, 'P:'), version: fieldOf(stanza, 'V:') }));
}

interface Named {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

function stanzas({ path, size, bytes }: Member, ecosystem: 'deb' | 'apk', named: (stanza: string) => Named): Recognised {
  const components: AiComponent[] = [];
  for (const stanza of utf8(bytes).split(/\r?\n\r?\n/)) {
    const { name, version } = named(stanza);
    const role = name === undefined ? undefined : roleOf(ecosystem, name);
    if (name === undefined || role === undefined) continue;
    components.push({ kind: role, name, ...(version !== undefined && { version }), ecosystem, path });
  }
  return { components, ...(bytes.length < size && { limits: ['package lists read in part: they are larger than 1 MiB'] }) };
}

function fieldOf(stanza: string, field: string): string | undefined {
  const at = stanza.startsWith(field) ? 0 : stanza.indexOf(`\n${field}`) + 1;
  if (at === 0 && !stanza.startsWith(field)) return undefined;
  const end = stanza.indexOf('\n', at);
  return declared(stanza.slice(at + field.length, end < 0 ? undefined : end));
}
