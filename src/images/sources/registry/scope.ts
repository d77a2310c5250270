/** https://distribution.github.io/distribution/spec/auth/scope/ */
export const pullScope = (repository: string): string => `repository:${repository}:pull`;

export const catalogScope = 'registry:catalog:*';
