import type { AiComponent } from '../../layer/layer-pass.ts';
import { roleOf } from './ai-packages.ts';
import { type ContentStream, declared, latin1, nothing, type Recogniser } from '../recogniser.ts';
import { berkeleyPackages, ndbPackages, type RpmDatabase, sqlitePackages } from './rpm-pages.ts';

/** The databases of rpm: SQLite (Fedora 33 and later, RHEL 9), ndb (SUSE) and Berkeley DB (before them). */
export const rpmDatabases: Recogniser = {
  wants(path, base) {
    return names.has(base) && /(?:^|\/)(?:var\/lib\/rpm|usr\/lib\/sysimage\/rpm|usr\/share\/rpm)\/[^/]+$/.test(path) ? 'stream' : undefined;
  },
  open(path): ContentStream {
    let head = Buffer.alloc(0);
    let database: RpmDatabase | undefined;
    return {
      push(bytes) {
        if (database !== undefined) return database.push(bytes);
        if (head.length >= headBytes) return undefined;
        head = Buffer.concat([head, bytes]);
        if (head.length < headBytes) return undefined;
        database = databaseOf(head);
        database?.push(head);
        return undefined;
      },
      end() {
        if (database === undefined) return nothing;
        const { packages, unread } = database.end();
        const limits = Array.from(
          { length: Math.min(unread, mostCounted) },
          () => 'rpm packages whose names stand where they were not read',
        );
        return { components: packages.flatMap(({ name, version }) => componentOf(path, name, version)), limits };
      },
    };
  },
};

const names: ReadonlySet<string> = new Set(['rpmdb.sqlite', 'Packages.db', 'Packages']);
const headBytes = 100;
const mostCounted = 1000;

function componentOf(path: string, name: string, version: string): readonly AiComponent[] {
  const role = roleOf('rpm', name);
  const said = declared(version);
  return role === undefined ? [] : [{ kind: role, name, ...(said !== undefined && { version: said }), ecosystem: 'rpm', path }];
}

function databaseOf(head: Buffer): RpmDatabase | undefined {
  const start = latin1(head.subarray(0, 16));
  if (start.startsWith('SQLite format 3\0')) return sqlitePackages(head);
  if (start.startsWith('RpmP')) return ndbPackages();
  const isBerkeley = [head.readUInt32LE(12), head.readUInt32BE(12)].some((magic) => magic === 0x061561 || magic === 0x053162);
  return isBerkeley ? berkeleyPackages(head) : undefined;
}
