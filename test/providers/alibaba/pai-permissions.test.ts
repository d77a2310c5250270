import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { RecordedAnswer } from '../../../src/demo/answers.ts';
import { collectorsUnderTest, replay } from '../../support/collector-cases.ts';

const all = await collectorsUnderTest();

async function gapsOf(file: string, one: string): Promise<readonly object[]> {
  const subject = all.find((found) => found.file === file && found.provider.name === 'alibaba');
  if (subject === undefined) throw new Error(`no collector ${file}`);
  const path = fileURLToPath(new URL(`../../../fixtures/providers/alibaba/${file}/${one}/answers.json`, import.meta.url));
  const { inventory } = await replay(subject, JSON.parse(readFileSync(path, 'utf8')) as readonly RecordedAnswer[]);
  return inventory.gaps.map(({ call, reason, detail, permission, subject: about }) => ({ call, reason, detail, permission, about }));
}

test('a refusal by RAM names the action to grant', async () => {
  expect(await gapsOf('workspaces', 'denied-by-ram')).toEqual([
    {
      call: 'aiworkspace-20210204:ListMembers',
      reason: 'denied',
      detail: 'aiworkspace-20210204:ListMembers was refused: Forbidden.RAM (HTTP 403); grant paiworkspace:ListMembers',
      permission: 'paiworkspace:ListMembers',
      about: 'workspace research',
    },
  ]);
});

test('a refusal by a PAI workspace names the workspace to join, and no action', async () => {
  expect(await gapsOf('notebooks', 'no-member-of-one')).toEqual([
    {
      call: 'pai-dsw-20220101:ListInstances',
      reason: 'denied',
      detail:
        "pai-dsw-20220101:ListInstances was refused: NoPermissionError (HTTP 403); the caller is no member of the PAI workspace: add it with a viewer's role",
      permission: undefined,
      about: 'workspace payments',
    },
  ]);
});
