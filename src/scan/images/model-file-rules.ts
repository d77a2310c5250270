import type { Check } from '../../model/check.ts';
import type { CheckId } from '../../model/ids.ts';
import { modelFileRules, modelFilesCheck, repositoryType } from '../../model/image-rule.ts';

const see = ['https://docs.python.org/3/library/pickle.html', 'https://huggingface.co/docs/hub/security-pickle'];

const because =
  'A pickle is a program: whoever loads a model file that calls functions runs what its author wrote, with the rights of the service that loads it.';

/** The question itself: it has a verdict for every repository that was looked at. */
export const modelFilesInImages: Check = ruleOf({
  id: modelFilesCheck,
  title: 'Model files in images run no code when they are loaded',
  severity: 'high',
  fix: 'Keep models in a format that holds weights alone, as safetensors, GGUF or ONNX do.',
});

/** What model files are findings of, by what loading them does. */
export const runsCode: Check = ruleOf({
  id: modelFileRules.runsCode,
  title: 'Model files in images run no code of their author when they are loaded',
  severity: 'high',
  fix: 'Do not load the file before you know who made it and why it does this. Take the weights from a source that you trust in a format that holds weights alone (safetensors, GGUF, ONNX), or load them with torch.load(weights_only=True), which refuses such calls; then rebuild the image without the file.',
});

export const unpicklesMore: Check = ruleOf({
  id: modelFileRules.unpicklesMore,
  title: 'Model files in images unpickle nothing beside what their opcodes show',
  severity: 'medium',
  fix: 'What the file unpickles in turn was not looked at. Save the model again as weights alone (safetensors, or a state_dict that torch.load(weights_only=True) reads), and rebuild the image with that.',
});

function ruleOf({ id, title, severity, fix }: Pick<Check, 'title' | 'severity'> & { readonly id: CheckId; readonly fix: string }): Check {
  return {
    id,
    title,
    severity,
    assets: [repositoryType],
    because,
    fix: { kind: 'manual', do: fix, undo: 'cannot be undone: another file takes its place' },
    maps: {},
    relates: {},
    see,
    tags: ['model', 'image'],
    params: {},
    formerly: [],
  };
}
