import type { Controls, Fix, FixStep } from '../model/check.ts';
import { shellLine } from '../report/escape/shell.ts';
import { terminalText } from '../report/escape/terminal.ts';
import type { DescribedCheck } from '../scan/catalogue/describe-check.ts';
import { howMany } from '../model/words.ts';

/** One check for a person: the same content as its JSON. */
export function checkText({ check, permissions, examples }: DescribedCheck): string {
  const sections = [
    `${check.id}  (${check.severity})\n${check.title}.`,
    check.because,
    labelled('judges', check.assets),
    ...(check.manual === undefined
      ? [
          labelled('applies', check.applies === undefined ? ['to all of them'] : [JSON.stringify(check.applies)]),
          labelled('wants', [JSON.stringify(check.expect)]),
        ]
      : [labelled('manual', [check.manual.where])]),
    ...(Object.keys(check.params).length > 0
      ? [
          labelled(
            'params',
            Object.entries(check.params).map(([name, param]) => `${name} = ${JSON.stringify(param.default)}`),
          ),
        ]
      : []),
    fixText(check.fix),
    labelled('maps to (published source)', controls(check.maps)),
    labelled('relates to (our own reading)', controls(check.relates)),
    labelled(
      'needs',
      permissions.map(({ action, evidence }) => `${action} (${evidence})`),
    ),
    labelled(
      'proven by',
      Object.entries(examples).map(([verdict, count]) => howMany(count, `${verdict} example`)),
    ),
    labelled('see', check.see),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function labelled(label: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${label}\n${lines.map((line) => `  ${terminalText(line)}`).join('\n')}`;
}

function controls(all: Controls): readonly string[] {
  return Object.entries(all).map(([framework, ids]) => `${framework}: ${ids.join(', ')}`);
}

function fixText({ kind, do: words, inputs = {}, steps = [], undo, effect }: Fix): string {
  return labelled('fix', [
    `${words} (${kind})`,
    ...Object.entries(inputs).map(([name, what]) => `you decide <${name}>: ${what}`),
    ...steps.map(stepText),
    ...(effect === undefined ? [] : [`effect: ${effect}`]),
    ...(typeof undo === 'string'
      ? [`undo: ${undo === 'restore' ? 'write back the document that was read' : undo}`]
      : undo.map((step) => `undo: ${stepText(step)}`)),
  ]);
}

function stepText(step: FixStep): string {
  if ('run' in step) return commandText(step.run);
  if ('wait' in step) return `wait until ${step.wait.until.path} is ${JSON.stringify(step.wait.until.is)} (${commandText(step.wait.read)})`;
  return `read (${commandText(step.edit.read)}), set ${JSON.stringify(step.edit.set)}, write (${commandText(step.edit.write)})`;
}

/** As a shell line; placeholders stand as `<fact.X>`. */
function commandText(argv: readonly string[]): string {
  const plain = argv.map((argument) => argument.replaceAll(/\{([a-z]+(?:\.[^{}]+)?)\}/g, '<$1>'));
  return shellLine(plain) ?? plain.join(' ');
}
