import { type AssetId, assetId } from '../../model/ids.ts';
import type { Json } from '../../model/json.ts';
import type { ComputedSpec } from '../collector.ts';

/** Azure compares ids without case and writes one id in several: the lower-case form is the asset's. */
export function armAssetId(id: string): AssetId {
  return assetId(id.toLowerCase());
}

/**
 * `/subscriptions/…/resourceGroups/RG/providers/NAMESPACE/TYPE/NAME` → RG and NAME; `''` where an id has no such part, which
 * no call accepts.
 */
export function namesOf(id: Json | undefined): { readonly resourceGroupName: string; readonly name: string } {
  const [, resourceGroupName = '', name = ''] =
    /\/resourceGroups\/([^/]+)\/providers\/.+\/([^/]+)$/i.exec(typeof id === 'string' ? id : '') ?? [];
  return { resourceGroupName, name };
}

/** The resource group, which stands in the id alone and which the Azure CLI asks for by name. */
export const resourceGroup: ComputedSpec = {
  from: ['id'],
  of: ({ id }) => namesOf(id).resourceGroupName || undefined,
  shape: { '': 'string' },
};
