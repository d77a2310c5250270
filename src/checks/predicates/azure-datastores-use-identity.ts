import type { Predicate } from '../predicate.ts';

const path = 'properties.systemDatastoresAuthMode';

/**
 * Azure's default is the access key, and both `accessKey` and `AccessKey` occur. A user delegation SAS is signed with an
 * identity and then good for whoever holds it: nobody has published which of the two it counts as.
 */
export default {
  says: 'the default datastores are read with an identity, not with an access key',
  reads: [path],
  ask(read) {
    const mode = read(path);
    if (mode.kind === 'unread') return { unread: mode.because };
    if (mode.kind === 'absent' || mode.value === null) return false;
    const value = typeof mode.value === 'string' ? mode.value.toLowerCase() : undefined;
    if (value === 'identity') return true;
    return value === 'accesskey' ? false : { silent: path };
  },
} satisfies Predicate;
