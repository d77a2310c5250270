import type { TellName } from './detector.ts';

/** What a key says beside being one: text for the reason of a match, which holds nothing secret; `undefined` where it says nothing. */
export const tells: { readonly [name in TellName]: (key: string) => string | undefined } = {
  'aws-account': (key) => {
    const account = accountOf(key);
    return account === undefined ? undefined : `it is of account ${account}`;
  },
};

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The account number stands in forty of the bits behind the prefix, in base 32. Ids that go on with I or J are older and hold none;
 * what would be no number of twelve digits is none. https://trufflesecurity.com/blog/research-uncovers-aws-account-numbers-hidden-in-access-keys
 */
function accountOf(key: string): string | undefined {
  const id = /^A[KS]IA([A-HK-Z2-7][A-Z2-7]{9})/.exec(key)?.[1];
  if (id === undefined) return undefined;
  const bits = id.split('').reduce((value, character) => (value << 5n) | BigInt(base32.indexOf(character)), 0n);
  // Of fifty bits, the first is no part of it and nine stand behind it.
  const account = String((bits >> 9n) & 0xffffffffffn);
  return account.length > accountDigits ? undefined : account.padStart(accountDigits, '0');
}

const accountDigits = 12;
