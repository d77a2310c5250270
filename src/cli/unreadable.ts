import { UsageError } from '../model/usage-error.ts';

/** What a file of the user that the system does not give is said to be: `what` it was wanted as, and why. */
export function unreadable(what: string, file: string, error: NodeJS.ErrnoException, hint = 'check the path'): UsageError {
  const reason =
    error.code === 'ENOENT' ? 'there is no such file' : error.code === 'EISDIR' ? 'it is a folder' : (error.code ?? error.message);
  return new UsageError(`cannot read ${what} "${file}": ${reason}`, { hint });
}
