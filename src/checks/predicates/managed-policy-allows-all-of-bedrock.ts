import { policyGrants } from '../policy-grants.ts';

/** An entry of `$managedPolicies[]`. */
export default policyGrants('Document', 'bedrock');
