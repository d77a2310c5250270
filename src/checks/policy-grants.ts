import { grantsAll, parsePolicy } from '../model/policy-document.ts';
import type { Answered, Predicate, Reply } from './predicate.ts';

/**
 * Whether the policy document at `path` allows every action of `service` (`*`: of all services) on every resource, with no
 * condition. A document that cannot be read, and one that allows it under a condition, leave the question open.
 */
export function policyGrants(path: string, service: string): Predicate {
  const whose = service === '*' ? '' : ` of ${service}`;
  return {
    says: `allows every action${whose} on every resource`,
    reads: [path],
    ask: (read) => fromDocument(read(path), path, (text) => answer(text, service, path)),
  };
}

function answer(text: string, service: string, path: string): Reply {
  const statements = parsePolicy(text);
  if (statements === undefined) return { silent: path };
  const grant = grantsAll(statements, service);
  return grant === 'conditional' ? { silent: path } : grant === 'yes';
}

/** Hands on the text of a document, and what is not known where there is none. */
export function fromDocument(answered: Answered, path: string, judge: (text: string) => Reply): Reply {
  if (answered.kind === 'unread') return { unread: answered.because };
  return answered.kind === 'found' && typeof answered.value === 'string' ? judge(answered.value) : { silent: path };
}
