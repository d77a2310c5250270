import type { Inventory } from '../model/inventory.ts';
import { inventorySchemaVersion } from '../model/inventory.ts';
import { complaintOf, parseJson } from '../model/parse-json.ts';
import { refuseOtherVersion } from '../model/schema-version.ts';
import { UsageError } from '../model/usage-error.ts';

/** Reads a saved inventory. Throws a UsageError for what is no inventory, or one of a version that this program cannot read. */
export async function readInventory(text: string, file: string): Promise<Inventory> {
  const document = parseJson(text, 'inventory', file);
  refuseOtherVersion(document, inventorySchemaVersion, 'inventory', file);
  const { validate } = await import('../checks/validators/inventory.generated.ts');
  const errors = validate(document);
  if (errors.length > 0)
    throw new UsageError(`"${file}" is no inventory of aispm: ${complaintOf(errors)}`, { hint: 'write it again with aispm discover' });
  return document as Inventory; // the schema has just proved it
}
