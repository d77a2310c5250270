/** `./a//b/` and `/a/b` are the same place of the image. */
export function cleanPath(name: string): string {
  const isPlain =
    !name.includes('//') && !name.includes('./') && !name.startsWith('/') && !name.endsWith('/') && !name.endsWith('/.') && name !== '.';
  if (isPlain) return name;
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/** Where a symbolic link leads inside of the image. Never followed: a name to compare with others. */
export function linkTarget(path: string, linkName: string): string {
  const from = linkName.startsWith('/') ? [] : path.split('/').slice(0, -1);
  const parts: string[] = [];
  for (const part of [...from, ...linkName.split('/')]) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
