import { expect, test } from 'vitest';
import { parseRegistryReference } from '../../src/images/reference.ts';
import { repositoryOfReference } from '../../src/model/image-reference.ts';

test.each([
  'ubuntu',
  'ubuntu:24.04',
  'acme/app',
  'docker.io/library/ubuntu:latest',
  'index.docker.io/ubuntu',
  'localhost/app:1',
  'localhost:5000/app',
  'Registry.Example:5000/ml/chat:1.0',
  `registry.example/ml/chat@sha256:${'a'.repeat(64)}`,
  `registry.example/ml/chat:1.0@sha256:${'a'.repeat(64)}`,
  '[::1]:5000/app:1',
  'docker://ghcr.io/acme/app:v1',
])('%s names the repository that the image scan reads', (reference) => {
  const { host, repository } = parseRegistryReference(reference);
  expect(repositoryOfReference(reference)).toBe(`oci:${host}/${repository}`);
});

test.each(['', ':latest', 'registry.example/', 'acme/App', 'a b', 'https://registry.example/app'])('"%s" names none', (text) => {
  expect(repositoryOfReference(text)).toBeUndefined();
});
