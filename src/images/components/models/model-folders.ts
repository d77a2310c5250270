import { declared, nothing, type Recogniser } from '../recogniser.ts';
import { isJsonObject, jsonIn } from '../../../model/json.ts';

/**
 * What the description of a model says of the files beside it: `config.json` and `adapter_config.json` of Hugging Face's transformers and PEFT,
 * `model_index.json` of diffusers; and `meta.json` of spaCy, which is the model's own.
 * https://huggingface.co/docs/transformers/main_classes/configuration
 */
export const modelFolders: Recogniser = {
  wants: (_path, base, size) => (descriptions.has(base) && size <= longestDescription ? 'content' : undefined),
  read({ path, base, bytes }) {
    const described = jsonIn(bytes);
    if (!isJsonObject(described)) return nothing;
    if (base === 'meta.json') {
      const { lang, name, version, spacy_version: spacy } = described;
      if (typeof spacy !== 'string' || typeof name !== 'string') return nothing;
      const whole = declared(typeof lang === 'string' ? `${lang}_${name}` : name) ?? name;
      const own = typeof version === 'string' ? declared(version) : undefined;
      return { components: [{ kind: 'model', name: whole, ...(own !== undefined && { version: own }), format: 'spacy', path }] };
    }
    const name = nameIn(base, described);
    return name === undefined ? nothing : { components: [{ kind: 'model', name, path, describes: 'folder' }] };
  },
};

const descriptions: ReadonlySet<string> = new Set(['config.json', 'adapter_config.json', 'model_index.json', 'meta.json']);
const longestDescription = 256 << 10;

/** The name that it was loaded by; who saved it from a folder of their own leaves that folder's path, which names nothing. */
function nameIn(base: string, described: { readonly [name: string]: unknown }): string | undefined {
  const { _name_or_path: loaded, base_model_name_or_path: adapted, architectures, _class_name: pipeline } = described;
  if (base === 'adapter_config.json') {
    const model = nameOf(adapted);
    return model && `adapter of ${model}`;
  }
  const [architecture] = Array.isArray(architectures) ? (architectures as readonly unknown[]) : [];
  return nameOf(loaded) ?? nameOf(architecture) ?? nameOf(pipeline);
}

function nameOf(value: unknown): string | undefined {
  const name = typeof value === 'string' ? declared(value) : undefined;
  return name !== undefined && /^[\w.-]+(?:\/[\w.-]+)?$/.test(name) && !/^\.{1,2}(?:\/|$)/.test(name) ? name : undefined;
}
