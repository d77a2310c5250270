/**
 * The public name of a registry that is named by its address inside of a private network: both lead to the same images. `undefined`:
 * the name is no such. https://www.alibabacloud.com/help/acr/user-guide/configure-access-over-vpcs ; of newer Personal Editions:
 * https://www.alibabacloud.com/help/en/acr/user-guide/individual-edition-instance-independent-domain-name-capacity-limit
 */
export function publicName(host: string): string | undefined {
  const personal = /^registry-(?:vpc|internal)(\.[a-z0-9-]+\.aliyuncs\.com)$/.exec(host)?.[1];
  if (personal !== undefined) return `registry${personal}`;
  const [, own, region] = /^(crpi-[a-z0-9]+)-vpc(\.[a-z0-9-]+\.personal\.cr\.aliyuncs\.com)$/.exec(host) ?? [];
  if (own !== undefined && region !== undefined) return `${own}${region}`;
  const [, instance, rest] = /^([a-z0-9][a-z0-9-]*)-registry-(?:vpc|internal)(\.[a-z0-9-]+\.cr\.aliyuncs\.com)$/.exec(host) ?? [];
  return instance === undefined || rest === undefined ? undefined : `${instance}-registry${rest}`;
}

/** What to do where a registry cannot be reached and its name says why. */
export function adviceForPrivate(host: string): string | undefined {
  if (publicName(host) !== undefined)
    return 'it is the address inside of a VPC, and the public one cannot be reached either: scan from inside of the VPC, or open the public endpoint of the instance to this machine';
  if (/(?:^|\.)privatelink\./.test(host) || /\.vpce\.amazonaws\.com(?:\.cn)?$/.test(host))
    return 'it is a private endpoint: scan from inside of its network, or name the registry by its own host';
  return undefined;
}
