import { policyGrants } from '../policy-grants.ts';

/** The role's permissions boundary: what its policies may allow at most. */
export default policyGrants('$permissionsBoundary.Document', 'bedrock');
