import { isJsonObject } from '../../model/json.ts';
import type { Predicate } from '../predicate.ts';

const name = 'properties.raiPolicyName';
const policy = '$raiPolicy';

/**
 * Azure keeps the policies named `Microsoft.…` itself and does not list all of them. Another name that the account does not list
 * is a policy that nobody has seen.
 */
export default {
  says: 'the deployment names a content filter policy that Azure keeps',
  reads: [name, policy],
  ask(read) {
    const named = read(name);
    if (named.kind === 'unread') return { unread: named.because };
    if (named.kind === 'absent' || named.value === null || named.value === '') return false;
    const listed = read(policy);
    if (listed.kind === 'unread') return { unread: listed.because };
    if (listed.kind === 'found' && isJsonObject(listed.value)) {
      const { properties } = listed.value;
      const type = isJsonObject(properties) ? properties['type'] : undefined;
      if (typeof type !== 'string') return { silent: `${policy}.properties.type` };
      return type.toLowerCase() === 'systemmanaged';
    }
    const isAzures = typeof named.value === 'string' && named.value.toLowerCase().startsWith('microsoft.');
    return isAzures ? true : { silent: policy };
  },
} satisfies Predicate;
