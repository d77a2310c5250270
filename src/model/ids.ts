declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

export const providerNames = ['aws', 'azure', 'alibaba'] as const;
export type ProviderName = (typeof providerNames)[number];

/**
 * AWS: ARN. Azure: ARM id in lower case. Alibaba: `acs:<ram-code>:<region>:<account>:<type>/<id>`.
 * What has no id of its own: `aispm:<provider>:<account>:<region>:<type>`. Image repositories: `oci:<host>/<repository>`.
 */
export type AssetId = Branded<string, 'AssetId'>;
/** `<provider>.<service>.<noun>`, for example `aws.bedrock-agent.agent`. */
export type AssetType = Branded<string, 'AssetType'>;
/** `<provider>/<account>/<region>`; region is `global` where the service has none. Of images: `image/<host>/<repository>/global`. */
export type ScopeId = Branded<string, 'ScopeId'>;
/** The catalogue's id of a call, for example `bedrock-agent:GetAgent`. */
export type OperationId = Branded<string, 'OperationId'>;
export type GapId = Branded<string, 'GapId'>;
export type LimitId = Branded<string, 'LimitId'>;
/** `<provider>.<service>.<subject>-<property>`: the path of the check's file below `checks/`, dotted. */
export type CheckId = Branded<string, 'CheckId'>;
/** Lower-case hex SHA-256 of check or rule, asset and place; stable across wording, order, version and date. */
export type Fingerprint = Branded<string, 'Fingerprint'>;

export const assetId = (text: string) => text as AssetId;
export const assetType = (text: string) => text as AssetType;
export const operationId = (text: string) => text as OperationId;
export const gapId = (text: string) => text as GapId;
export const limitId = (text: string) => text as LimitId;
export const checkId = (text: string) => text as CheckId;
export const fingerprint = (text: string) => text as Fingerprint;
export const scopeId = (provider: string, account: string, region: string) => `${provider}/${account}/${region}` as ScopeId;
