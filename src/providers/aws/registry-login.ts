import { isJsonList, isJsonObject, type JsonObject } from '../../model/json.ts';
import { operationId } from '../../model/ids.ts';
import { mint, refused } from '../mint.ts';
import type { RegistryLogin, RegistryLoginOptions, Target } from '../provider.ts';
import { loadOperations } from './operations.ts';
import { partitionNamed } from './regions.ts';

interface EcrHost {
  readonly account: string;
  readonly region: string;
  readonly suffix: string;
}

/**
 * Logs in to Amazon ECR. The token opens every private registry of the region that the caller may read, also those of other
 * accounts (the vendor's own AI images are in such); it is given for hosts of AWS alone, which the whole name proves.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 */
export async function registryLogin(host: string, options: RegistryLoginOptions): Promise<RegistryLogin> {
  const ecr = parseHost(host);
  const target = ecr && chooseTarget(ecr, options.connection.targets);
  if (ecr === undefined || target === undefined) return { status: 'not-mine' };
  const operation = (await loadOperations()).get(operationId('ecr:GetAuthorizationToken'));
  if (operation === undefined) throw new Error('operations.json lacks ecr:GetAuthorizationToken');
  const minted = await mint({ operation, params: {}, target, region: ecr.region }, options);
  return 'refused' in minted ? minted.refused : loginIn(minted.answer, ecr);
}

/** `ACCOUNT.dkr.ecr.REGION.amazonaws.com` and its FIPS and dual-stack forms. */
function parseHost(host: string): EcrHost | undefined {
  const match = /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(.+)$/.exec(host);
  const [, account, region, suffix] = match ?? [];
  return account === undefined || region === undefined || suffix === undefined ? undefined : { account, region, suffix };
}

function chooseTarget({ account, suffix, region }: EcrHost, targets: readonly Target[]): Target | undefined {
  const ofPartition = targets.filter(({ partition }) => {
    const known = partitionNamed(partition);
    const suffixes = [known?.dnsSuffix, known?.dnsSuffix === 'amazonaws.com.cn' ? 'on.amazonwebservices.com.cn' : 'on.aws'];
    return known?.regions.includes(region) === true && suffixes.includes(suffix);
  });
  return ofPartition.find((target) => target.account === account) ?? ofPartition[0];
}

function loginIn(answer: JsonObject, { region }: EcrHost): RegistryLogin {
  const list = answer['authorizationData'];
  const [entry] = isJsonList(list) ? list : [];
  const { authorizationToken, expiresAt, proxyEndpoint } = isJsonObject(entry) ? entry : {};
  const text = typeof authorizationToken === 'string' ? Buffer.from(authorizationToken, 'base64').toString('utf8') : '';
  const colon = text.indexOf(':');
  const endsAt = new Date(typeof expiresAt === 'string' || typeof expiresAt === 'number' ? expiresAt : Number.NaN);
  // A token of another region would be sent in vain.
  const isOfRegion = typeof proxyEndpoint !== 'string' || proxyEndpoint.includes(`.${region}.`);
  if (colon < 1 || Number.isNaN(endsAt.getTime()) || !isOfRegion)
    return refused('malformed', 'Amazon ECR answered with something that is no login').refused;
  return { status: 'ready', credential: { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1) }, endsAt };
}
