import type { AiComponent } from '../../layer/layer-pass.ts';
import { roleOf } from './ai-packages.ts';
import { type ContentStream, declared, type Recogniser, utf8 } from '../recogniser.ts';

/** dpkg's `status` (one file, or one per package in images without a package manager) and apk's `installed`, of any length. */
export const systemPackages: Recogniser = {
  wants(path, base) {
    if (base === 'status') return path.endsWith('lib/dpkg/status') ? 'stream' : undefined;
    if (base === 'installed') return path.endsWith('lib/apk/db/installed') ? 'stream' : undefined;
    return path.includes('lib/dpkg/status.d/') && !base.endsWith('.md5sums') ? 'stream' : undefined;
  },
  open: (path, base) => (base === 'installed' ? stanzas(path, 'apk', apkPackage) : stanzas(path, 'deb', dpkgPackage)),
};

interface Named {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/** A stanza has `Package:`, `Status:` and `Version:` (deb-control(5)); one that was removed leaves its configuration behind. */
function dpkgPackage(stanza: string): Named {
  const isGone = /^Status: (?!install ok )/m.test(stanza) || /^Status: .*(?:config-files|not-installed)$/m.test(stanza);
  return isGone ? {} : { name: fieldOf(stanza, 'Package: '), version: fieldOf(stanza, 'Version: ') };
}

/** A stanza has fields of one letter: `P:` name, `V:` version (the installed database of apk-tools). */
function apkPackage(stanza: string): Named {
  return { name: fieldOf(stanza, 'P:'), version: fieldOf(stanza, 'V:') };
}

/** A stanza is some kilobytes; of a longer one the beginning is read. */
const longestStanza = 64 << 10;

function stanzas(path: string, ecosystem: 'deb' | 'apk', named: (stanza: string) => Named): ContentStream {
  const components: AiComponent[] = [];
  let rest = Buffer.alloc(0);

  function take(stanza: string): void {
    const { name, version } = named(stanza);
    const role = name === undefined ? undefined : roleOf(ecosystem, name);
    if (name === undefined || role === undefined) return;
    components.push({ kind: role, name, ...(version !== undefined && { version }), ecosystem, path });
  }

  return {
    push(bytes) {
      rest = Buffer.concat([rest, bytes]);
      const end = Math.max(rest.lastIndexOf('\n\n'), rest.lastIndexOf('\r\n\r\n'));
      if (end >= 0) {
        for (const stanza of utf8(rest.subarray(0, end)).split(/\r?\n\r?\n/)) take(stanza);
        rest = Buffer.from(rest.subarray(end));
      }
      if (rest.length > longestStanza) rest = Buffer.from(rest.subarray(0, longestStanza));
    },
    end() {
      for (const stanza of utf8(rest).split(/\r?\n\r?\n/)) take(stanza);
      return { components };
    },
  };
}

function fieldOf(stanza: string, field: string): string | undefined {
  const at = stanza.startsWith(field) ? 0 : stanza.indexOf(`\n${field}`) + 1;
  if (at === 0 && !stanza.startsWith(field)) return undefined;
  const end = stanza.indexOf('\n', at);
  return declared(stanza.slice(at + field.length, end < 0 ? undefined : end));
}
