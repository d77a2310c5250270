import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../../model/json.ts';

/** The statements of a bucket's policy, which the transport has seen to be JSON. `undefined`: it is no policy. */
export function statementsIn(policy: string): readonly JsonObject[] | undefined {
  // The transport has seen that it is JSON.
  const document = JSON.parse(policy) as Json;
  const statements = isJsonObject(document) ? document['Statement'] : undefined;
  return isJsonList(statements) && statements.every(isJsonObject) ? statements : undefined;
}

/** A member that may be one text or a list of them. */
export function textsOf(value: Json | undefined): readonly string[] {
  return (isJsonList(value) ? value : [value]).flatMap((item) =>
    typeof item === 'string' || typeof item === 'boolean' ? [String(item)] : [],
  );
}
