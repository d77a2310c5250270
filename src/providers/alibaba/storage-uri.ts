/** The path below the bucket or file system, without slashes at its end: `''` is the root. `undefined`: no address. */
export function pathOfUri(uri: string): string | undefined {
  const [, path] = /^[a-z][a-z0-9+.-]*:\/\/[^/]*(.*)$/i.exec(uri) ?? [];
  return path?.replace(/^\/+|\/+$/g, '');
}
