import type { Framework } from '../model/check.ts';
import type { JsonObject } from '../model/json.ts';

/** A framework file as it stands, its id taken from its name. It has been validated against framework.schema.json. */
export type FrameworkDocument = JsonObject & { readonly id: string };

interface Control {
  readonly id: string;
  readonly words: string;
  readonly assess: 'automated' | 'partial' | 'manual';
}

export function frameworkOf(document: FrameworkDocument): Framework {
  // Shapes are proven by framework.schema.json in the conformance suite.
  const controls = document['controls'] as unknown as readonly Control[];
  const { size } = document;
  return {
    id: document.id,
    title: document['title'] as string,
    version: document['version'] as string,
    organization: document['organization'] as string,
    url: document['url'] as string,
    limits: document['limits'] as string,
    controls: Object.fromEntries(controls.map(({ id, words }) => [id, words])),
    assess: Object.fromEntries(controls.map(({ id, assess }) => [id, assess])),
    ...(typeof size === 'number' && { size }),
    verified: document['verified'] === true,
  };
}
