import type { Json } from '../model/json.ts';
import type { Operator } from './condition.ts';
import { isEmpty } from './facts.ts';
import { parseDuration, parseInstant } from './duration.ts';
import { holdsInternetAddress } from './internet-address.ts';
import { compilePattern } from './pattern.ts';

/** Judges one value that was found. `undefined`: this operator has nothing to say about such a value. */
export type Judge = (value: Json, context: { readonly fold: boolean; readonly now: number }) => boolean | undefined;

/** The operand has its parameters filled in. @throws TypeError or PatternError for an operand that does not fit. */
export function judgeOf(operator: Operator, operand: Json): Judge {
  switch (operator) {
    case 'is':
      return (value, { fold }) => same(value, operand, fold);
    case 'isNot':
      return (value, { fold }) => !same(value, operand, fold);
    case 'in': {
      const members = listOf(operand);
      // An empty list is a parameter that nobody filled.
      return (value, { fold }) => (members.length === 0 ? undefined : members.some((member) => same(value, member, fold)));
    }
    case 'notIn': {
      const members = listOf(operand);
      return (value, { fold }) => (members.length === 0 ? undefined : !members.some((member) => same(value, member, fold)));
    }
    case 'matches':
      return matcher(operand);
    case 'above': {
      const bound = numberOf(operand);
      return (value) => (typeof value === 'number' ? value > bound : undefined);
    }
    case 'below': {
      const bound = numberOf(operand);
      return (value) => (typeof value === 'number' ? value < bound : undefined);
    }
    case 'olderThan':
      return older(operand);
    case 'cidrPublic':
      return (value) => {
        const found = typeof value === 'string' ? holdsInternetAddress(value) : undefined;
        return found === undefined ? undefined : found === operand;
      };
    case 'contains':
      return (value, { fold }) => contains(value, operand, fold);
    case 'empty':
      return (value) => isEmpty(value) === operand;
  }
}

/** The condition in words, for the evidence. */
export function wordsOf(operator: Operator, operand: Json): string {
  switch (operator) {
    case 'is':
      return `is ${shown(operand)}`;
    case 'isNot':
      return `is not ${shown(operand)}`;
    case 'in':
      return `is one of ${shown(operand)}`;
    case 'notIn':
      return `is none of ${shown(operand)}`;
    case 'matches':
      return `matches ${shown(operand)}`;
    case 'above':
    case 'below':
      return `is ${operator} ${shown(operand)}`;
    case 'olderThan':
      return isAhead(operand) ? `is past, or less than ${operand.slice(1)} ahead` : `is older than ${shown(operand)}`;
    case 'cidrPublic':
      return operand === true ? 'holds an internet address' : 'holds no internet address';
    case 'contains':
      return `contains ${shown(operand)}`;
    case 'empty':
      return operand === true ? 'is empty' : 'is not empty';
  }
}

function isAhead(duration: Json): duration is string {
  return typeof duration === 'string' && duration.startsWith('-');
}

function same(a: Json, b: Json, fold: boolean): boolean {
  if (a === b) return true;
  return fold && typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase();
}

function matcher(operand: Json): Judge {
  if (typeof operand !== 'string') throw new TypeError('matches needs a text');
  const exact = compilePattern(operand, { fold: false });
  const folded = compilePattern(operand, { fold: true });
  return (value, { fold }) => (typeof value === 'string' ? (fold ? folded : exact)(value) : undefined);
}

function older(operand: Json): Judge {
  const age = typeof operand === 'string' ? parseDuration(operand) : undefined;
  if (age === undefined) throw new TypeError(`${shown(operand)} is no duration such as 90d`);
  return (value, { now }) => {
    const instant = parseInstant(value);
    return instant === undefined || Number.isNaN(now) ? undefined : now - instant > age;
  };
}

function contains(value: Json, wanted: Json, fold: boolean): boolean | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).some((member) => same(member, wanted, fold));
  if (typeof value !== 'string' || typeof wanted !== 'string') return undefined;
  return fold ? value.toLowerCase().includes(wanted.toLowerCase()) : value.includes(wanted);
}

function listOf(operand: Json): readonly Json[] {
  if (!Array.isArray(operand)) throw new TypeError('in and notIn need a list');
  return operand;
}

function numberOf(operand: Json): number {
  if (typeof operand !== 'number') throw new TypeError('above and below need a number');
  return operand;
}

function shown(operand: Json): string {
  if (Array.isArray(operand)) return operand.map(shown).join(', ');
  return typeof operand === 'string' && operand !== '' ? operand : JSON.stringify(operand);
}
