import { UsageError } from '../model/usage-error.ts';

export interface Scaffold {
  /** Path below the folder of checks. */
  readonly path: string;
  readonly text: string;
}

/**
 * The file of a new check: valid by the schema, every place to fill in marked with `FILL IN`. `checks test` refuses it until
 * they are filled in.
 * @throws UsageError for an id that is none.
 */
export function scaffoldCheck(id: string, assetTypes: readonly string[]): Scaffold {
  if (!/^(aws|azure|alibaba)(\.[a-z0-9]+(-[a-z0-9]+)*){2}$/.test(id)) {
    throw new UsageError(`"${id}" is no check id`, {
      hint: 'write <aws|azure|alibaba>.<service>.<subject>-<property>, for example aws.bedrock-agent.agent-idle-session',
    });
  }
  const [provider = '', service = ''] = id.split('.');
  const near = assetTypes.filter((type) => type.startsWith(`${provider}.${service}.`));
  const asset = near[0] ?? assetTypes.find((type) => type.startsWith(`${provider}.`)) ?? `${provider}.${service}.subject`;
  const others = assetTypes.filter((type) => type.startsWith(`${provider}.`) && type !== asset);
  return { path: `${id.replaceAll('.', '/')}.yaml`, text: textOf(asset, others) };
}

/** What `checks test` says of a file that is not filled in. */
export const unfilled = 'FILL IN';

function textOf(asset: string, others: readonly string[]): string {
  return `# yaml-language-server: $schema=../../schema/check.schema.json
# How a check is written: docs/adding-a-check.md
title: ${unfilled} the good state in plain words
severity: medium # critical | high | medium | low | info
asset: ${asset}${others.length > 0 ? ` # also known: ${others.join(', ')}` : ''}
# applies: { path: status, is: ACTIVE }   # which of them the check is about; leave out for all
# A leaf is a path and one operator: is isNot in notIn matches above below olderThan cidrPublic contains empty.
# Every leaf but "empty" says what absence means: default: VALUE, or absent: true | false | unknown.
expect: { path: ${unfilled.replace(' ', '')}, empty: false }
because: ${unfilled} why it matters, in one or two sentences
fix:
  kind: command # command | recreate | console | manual
  do: ${unfilled} what to do, in one sentence
  # inputs: { keyId: a key of the same region }   # what only the user can decide
  steps:
    - run: [${unfilled}, '{asset.name}'] # an argument list, never a shell line
  undo: 'cannot be undone: ${unfilled} why, or give steps, or "restore" after an edit'
maps: {} # framework id → control ids with a published source; ids stand in checks/frameworks
relates: {} # the same by our own reading, for example { owasp-llm-2025: [LLM01] }
see: []
# Each example is one asset; the list it stands in is the verdict that must come out. They are the tests:
# write so many that each changed operator, operand or rule for absence is noticed.
examples:
  pass: []
  fail: []
  unknown: [] # the same facts with the path that was not read: unread: [path]
`;
}
