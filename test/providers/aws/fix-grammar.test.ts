import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadBundledChecks } from '../../../src/checks/load.ts';
import type { Fix, FixStep } from '../../../src/model/check.ts';

interface Grammar {
  /** Service → command → its inputs; made from botocore, which the AWS CLI is made from too. */
  readonly operations: {
    readonly [service: string]: {
      readonly [command: string]: {
        readonly required: readonly string[];
        readonly members: { readonly [member: string]: string };
        /** Options that stand without a value: the truth is in their name. */
        readonly flags?: readonly string[];
      };
    };
  };
}

const grammar = JSON.parse(readFileSync(new URL('cli-grammar.json', import.meta.url), 'utf8')) as Grammar;
const global = new Set(['--region', '--output', '--query', '--cli-input-json', '--profile']);
const { checks } = await loadBundledChecks();
const aws = checks.map(({ check }) => check).filter(({ id }) => id.startsWith('aws.'));

describe('every command that a fix of AWS prints is one that the AWS CLI understands', () => {
  test('there are some', () => expect(aws.flatMap(({ fix }) => argvsOf(fix)).length).toBeGreaterThan(20));

  test.each(aws.map(({ id, fix }) => [id, fix] as const))('%s', (_, fix) => {
    for (const { argv, document } of argvsOf(fix)) {
      const [program, service = '', command = '', ...rest] = argv;
      const place = argv.slice(0, 3).join(' ');
      expect(program).toBe('aws');
      const operation = grammar.operations[service]?.[command];
      expect(operation, `${place} is in the extract of the grammar`).toBeDefined();
      const { required, members, flags = [] } = operation!;
      const valued = rest.filter((argument) => !flags.includes(argument));
      const options = valued.filter((_argument, at) => at % 2 === 0);
      const known = new Set([...Object.values(members), ...global]);
      expect(
        options.filter((option) => !known.has(option)),
        place,
      ).toEqual([]);
      expect(valued.length % 2, `${place}: every option has a value`).toBe(0);
      if (document !== undefined)
        expect(
          document.filter((member) => !Object.hasOwn(members, member)),
          `${place}: members of the document`,
        ).toEqual([]);
      const given = new Set([...options, ...(document ?? []).map((member) => members[member])]);
      expect(
        required.filter((member) => !given.has(members[member] ?? '')),
        `${place} lacks`,
      ).toEqual([]);
      const isGlobal = service === 'iam';
      expect(options.includes('--region'), `${place}: --region`).toBe(!isGlobal);
    }
  });
});

interface Command {
  readonly argv: readonly string[];
  /** Members of the document that the command reads from a file. */
  readonly document?: readonly string[];
}

function argvsOf({ steps = [], undo }: Fix): readonly Command[] {
  return [...steps, ...(typeof undo === 'string' ? [] : undo)].flatMap(commandsOf);
}

function commandsOf(step: FixStep): readonly Command[] {
  if ('run' in step) return [{ argv: step.run }];
  if ('wait' in step) return [{ argv: step.wait.read }];
  const { read, keep = [], set, write } = step.edit;
  const query = read[read.indexOf('--query') + 1] ?? '';
  const made = keep.length > 0 ? [] : topMembers(query);
  return [{ argv: read }, { argv: write, document: [...new Set([...keep, ...made, ...Object.keys(set)])] }];
}

/** Member names at the first level of braces of a JMESPath `merge(…)`. */
function topMembers(query: string): readonly string[] {
  const names: string[] = [];
  let depth = 0;
  for (const token of query.matchAll(/`[^`]*`|[{}]|(\w+):|'[^']*'/g)) {
    if (token[0] === '{') depth += 1;
    else if (token[0] === '}') depth -= 1;
    else if (depth === 1 && token[1] !== undefined) names.push(token[1]);
  }
  return names;
}
