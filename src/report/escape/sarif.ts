import { createHash } from 'node:crypto';
import { terminalText } from './terminal.ts';
import { wellFormed } from './well-formed.ts';

/** What portals keep of a message or a description (GitHub and GitLab: 1,024 characters). */
export const longestText = 1024;

/** Plain text of a SARIF message: one line, no embedded link (`[text](target)`), at most 1,024 characters. */
export function sarifText(text: string): string {
  const shown = terminalText(text).replaceAll('](', String.raw`\]\(`);
  if (shown.length <= longestText) return shown;
  return `${shown.slice(0, longestText - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** One segment of a path: `[a-z0-9._-]`, at most 60 characters. Two different texts may give one slug. */
export function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
    .slice(0, 60);
  return plain === '' ? 'x' : plain;
}

/** A slug that tells texts apart: eight hex digits of the SHA-256 of `id` follow. */
export function distinctSlug(text: string, id: string): string {
  return `${slug(text)}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
}

/** A relative path as a URI reference. */
export function sarifUri(path: string): string {
  return wellFormed(path)
    .split('/')
    .map((segment) => encodeURIComponent(segment))
    .join('/');
}
