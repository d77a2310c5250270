import { policyGrants } from '../policy-grants.ts';

/** An entry of `$inlinePolicies[]`. */
export default policyGrants('PolicyDocument', 'bedrock');
