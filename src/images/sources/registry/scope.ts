/** https://distribution.github.io/distribution/spec/auth/scope/ */
export const pullScope = (repository: string): string => `repository:${repository}:pull`;

export const catalogScope = 'registry:catalog:*';

/** The repository that a scope is of; `undefined` for that of the catalogue. */
export function repositoryOfScope(scope: string): string | undefined {
  return /^repository:(.+):pull$/.exec(scope)?.[1];
}
