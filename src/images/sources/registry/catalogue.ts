import { isRepositoryName } from '../../reference.ts';
import type { RegistryClient } from './client.ts';
import { listHarborRepositories } from './harbor.ts';
import { listNames, type NameList } from './pages.ts';
import type { RegistryProblem } from './problem.ts';
import { catalogScope } from './scope.ts';

/**
 * All repositories that a registry's catalogue names. Many keep none, or for administrators only: Harbor is then asked in its own
 * way, and of the others it is a gap that says how they are listed.
 */
export async function listRepositories(client: RegistryClient, signal: AbortSignal): Promise<NameList> {
  const listed = await listNames(client, {
    path: '/v2/_catalog?n=1000',
    scope: catalogScope,
    member: 'repositories',
    what: 'the catalogue',
    isName: isRepositoryName,
    subject: client.host,
    signal,
  });
  const { gap, problem } = listed;
  if (gap === undefined || problem === undefined || !isRefusal(problem) || listed.names.length > 0) return listed;
  const ofHarbor = await listHarborRepositories(client, signal);
  if (ofHarbor !== undefined) return ofHarbor;
  return { ...listed, gap: { ...gap, detail: `${gap.detail}; ${adviceFor(client.host)}` } };
}

/** The registry is there and gives no catalogue: in one of the many ways in which they say so. */
function isRefusal(problem: RegistryProblem): boolean {
  if (problem.kind === 'http') return [400, 401, 403, 404, 405, 406, 501].includes(problem.status);
  return ['sign-in', 'unsupported', 'malformed'].includes(problem.kind);
}

/** How the vendors list them, by the registry's host. */
const lists: readonly (readonly [host: RegExp, command: string])[] = [
  [/^\d{12}\.dkr[.-]ecr/, "aws ecr describe-repositories --query 'repositories[].[repositoryUri]' --output text"],
  [/^(?:docker\.io|registry-1\.docker\.io)$/, 'docker search, or the pages of the organization'],
  [/\.azurecr\.(?:io|us|cn)$/, 'az acr repository list --name REGISTRY --output tsv'],
  [/\.aliyuncs\.com$/, 'aliyun cr ListRepository --InstanceId INSTANCE'],
  [/^ghcr\.io$/, "gh api --paginate '/orgs/ORG/packages?package_type=container' --jq '.[].name'"],
  [/(?:^|\.)gcr\.io$|-docker\.pkg\.dev$/, 'gcloud artifacts docker images list LOCATION-docker.pkg.dev/PROJECT/REPOSITORY'],
];

function adviceFor(host: string): string {
  const [, command] = lists.find(([pattern]) => pattern.test(host)) ?? [];
  const how = command === undefined ? '' : ` (${command})`;
  return `list its repositories yourself${how}, and pass them with --from-file`;
}
