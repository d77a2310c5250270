import type { Proof } from './proof.ts';
import { pickMany } from '../detectors/random.ts';

/** User and password with a colon between them, in base64. https://www.rfc-editor.org/rfc/rfc7617#section-2 */
export const basicLogin: Proof = {
  isGuessable: true,
  open: (random) => loginIn(random)?.password ?? '',
  check(key) {
    const login = loginIn(key);
    return login === undefined || login.password === login.user || everyday.test(login.password)
      ? undefined
      : 'it decodes to a user and a password';
  },
  forge: (_, __, random) => Buffer.from(`ada:${pickMany(letters, 18, random)}`).toString('base64'),
  spoil: (key) => Buffer.from(Buffer.from(key, 'base64').toString('latin1').replace(':', ';')).toString('base64'),
};

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Printable throughout, and written as base64 writes it. */
function loginIn(key: string): { readonly user: string; readonly password: string } | undefined {
  const bytes = Buffer.from(key, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== key.replace(/=+$/, '')) return undefined;
  const [, user, password] = /^([!-9;-~]{1,128}):([ -~]{6,2048})$/.exec(bytes.toString('latin1')) ?? [];
  return user === undefined || password === undefined ? undefined : { user, password };
}

/** What documentation takes for a password, and what stands for one. */
const everyday =
  /^(?:pass|word|wd|phrase|secret|admin|root|user|name|passed|test|ing|token|guest|foo|bar|baz|example|login|demo|open|sesame|hello|world|key|my|your|the|x{2,}|[^a-z])*$|^[<$%{[]/i;
