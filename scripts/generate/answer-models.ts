/** An operation's answer in checks/models: every path, and the types of those that are no plain text. */
export interface AnswerModel {
  readonly id: string;
  readonly responsePaths?: readonly string[];
  readonly responseTypes?: { readonly [path: string]: string };
  /** Paths are relative to the items of this list. */
  readonly itemsAt?: string;
  readonly sameResponseAs?: string;
}

/** Path in the whole answer → type; what the model gives no type for is text, or holds what stands below it. */
export function answerTypesOf(id: string, models: ReadonlyMap<string, AnswerModel>): { readonly [path: string]: string } {
  const own = models.get(id);
  if (own === undefined) throw new Error(`checks/models does not know ${id}`);
  const { responsePaths = [], responseTypes = {}, itemsAt } = withAnswerOf(own, models);
  const root = itemsAt === undefined ? '' : `${itemsAt}.`;
  const types: Record<string, string> = {};
  if (itemsAt !== undefined) types[itemsAt] = 'list';
  for (const path of responsePaths) types[root + path] = responseTypes[path] ?? 'text';
  return types;
}

/** A single object is said to look like an item of the listing: the same paths, but not below a list. */
function withAnswerOf(model: AnswerModel, models: ReadonlyMap<string, AnswerModel>): AnswerModel {
  if (model.sameResponseAs === undefined) return model;
  const other = models.get(model.sameResponseAs);
  if (other === undefined) throw new Error(`checks/models: ${model.id} is like ${model.sameResponseAs}, which it does not know`);
  const { itemsAt: _, ...like } = other;
  return { ...like, ...model };
}
