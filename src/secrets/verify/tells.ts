import type { TellName } from '../detectors/detector.ts';

/** What a key says beside being one: text for the reason of a match, which holds nothing secret; `undefined` where it says nothing. */
export const tells: { readonly [name in TellName]: (key: string) => string | undefined } = {
  'aws-account': (key) => {
    const account = accountOf(key);
    if (account === undefined) return undefined;
    return `it is of account ${account}${canaryAccounts.has(account) ? ', which is known for canary tokens: whoever uses it is noticed' : ''}`;
  },
};

/** https://github.com/trufflesecurity/trufflehog/blob/main/pkg/detectors/aws/access_keys/canary.go */
const canaryAccounts: ReadonlySet<string> = new Set([
  '052310077262', '171436882533', '534261010715', '595918472158', '717712589309', '819147034852', '992382622183', '730335385048', '266735846894',
  '893192397702', '044858866125', '251535659677', '344043088457', '351906852752', '390477818340', '426127672474', '427150556519', '439872796651',
  '445142720921', '465867158099', '637958123769', '693412236332', '732624840810', '735421457923', '959235150393', '982842642351',
]); // biome-ignore format: a table of numbers

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
