import type { ProviderName } from '../model/ids.ts';
import type { AnswerModel } from './fact-model.ts';

/** The vendors' answer models, by operation. They are large: only `checks test` and the conformance suites read them. */
export async function loadAnswerModels(providers: readonly ProviderName[]): Promise<ReadonlyMap<string, AnswerModel>> {
  const lists = await Promise.all(providers.map(async (provider) => (await models[provider]()).default));
  // Generated from the vendors' packages; the conformance suite walks every entry.
  return new Map((lists.flat() as unknown as readonly AnswerModel[]).map((answer) => [answer.id, answer]));
}

const models = {
  aws: () => import('../../checks/models/aws.json', { with: { type: 'json' } }),
  azure: () => import('../../checks/models/azure.json', { with: { type: 'json' } }),
  alibaba: () => import('../../checks/models/alibaba.json', { with: { type: 'json' } }),
} as const satisfies { readonly [name in ProviderName]: () => Promise<{ readonly default: unknown }> };
