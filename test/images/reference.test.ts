import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseReference, parseRegistryHost, parseRegistryReference } from '../../src/images/reference.ts';
import { UsageError } from '../../src/model/usage-error.ts';

const digest = `sha256:${'0a'.repeat(32)}`;
const at = (host: string, repository: string, more: object) => ({ kind: 'registry', host, repository, ...more });

test.each([
  ['nginx', at('docker.io', 'library/nginx', { tag: 'latest' })],
  ['nginx:1.27', at('docker.io', 'library/nginx', { tag: '1.27' })],
  ['vllm/vllm-openai:v0.6', at('docker.io', 'vllm/vllm-openai', { tag: 'v0.6' })],
  ['index.docker.io/library/nginx', at('docker.io', 'library/nginx', { tag: 'latest' })],
  ['docker://docker.io/nginx', at('docker.io', 'library/nginx', { tag: 'latest' })],
  ['localhost/app', at('localhost', 'app', { tag: 'latest' })],
  ['localhost:5000/app', at('localhost:5000', 'app', { tag: 'latest' })],
  ['127.0.0.1:5000/a/b:t', at('127.0.0.1:5000', 'a/b', { tag: 't' })],
  ['[::1]:5000/a', at('[::1]:5000', 'a', { tag: 'latest' })],
  ['GHCR.io/Org/x'.toLowerCase(), at('ghcr.io', 'org/x', { tag: 'latest' })],
  ['GHCR.io/org/x', at('ghcr.io', 'org/x', { tag: 'latest' })],
  ['oci://ghcr.io/org/chart:1.0', at('ghcr.io', 'org/chart', { tag: '1.0' })],
  ['containers-storage/app', at('docker.io', 'containers-storage/app', { tag: 'latest' })],
  ['docker:24-dind', at('docker.io', 'library/docker', { tag: '24-dind' })],
  ['[::1]/a', at('[::1]', 'a', { tag: 'latest' })],
  [`ghcr.io/org/x@${digest}`, at('ghcr.io', 'org/x', { digest })],
  [`ghcr.io/org/x:v1@${digest}`, at('ghcr.io', 'org/x', { tag: 'v1', digest })],
])('%s is understood as Docker understands it', (text, expected) => {
  expect(parseReference(text)).toEqual({ ...expected, text });
});

test.each([
  ['-', { path: '-' }],
  ['docker-archive:-:app', { form: 'docker-archive', path: '-', tag: 'app' }],
  ['./image', { path: './image' }],
  ['..', { path: '..' }],
  ['/srv/images/app@2', { path: '/srv/images/app@2' }],
  ['image.tar', { path: 'image.tar' }],
  ['folder/image.tar.gz', { path: 'folder/image.tar.gz' }],
  [`./image@${digest}`, { path: './image', digest }],
  ['IMAGE.TAR', { path: 'IMAGE.TAR' }],
  ['image.tar.zst', { path: 'image.tar.zst' }],
  ['./a folder/with:colons@2', { path: './a folder/with:colons@2' }],
  ['oci:folder@2/layout:v1', { form: 'oci-layout', path: 'folder@2/layout', tag: 'v1' }],
  ['oci:a folder:v1', { form: 'oci-layout', path: 'a folder', tag: 'v1' }],
  ['oci:///srv/layout', { form: 'oci-layout', path: '///srv/layout' }],
  ['oci:folder', { form: 'oci-layout', path: 'folder' }],
  ['oci:folder:v1', { form: 'oci-layout', path: 'folder', tag: 'v1' }],
  ['oci-archive:a.tar:v1', { form: 'oci-layout', path: 'a.tar', tag: 'v1' }],
  ['docker-archive:a.tar:app:v1', { form: 'docker-archive', path: 'a.tar', tag: 'app:v1' }],
])('%s is a file', (text, expected) => {
  expect(parseReference(text)).toEqual({ kind: 'file', text, ...expected });
});

test.each([
  ['', 'an image reference is empty'],
  ['https://ghcr.io/a/b', '"https://ghcr.io/a/b" is no image reference: it begins with "https://"'],
  ['ghcr.io/', '"ghcr.io/" is no image reference: it names no repository'],
  ['ghcr.io/A/b', '"ghcr.io/A/b" is no image reference: "A" has capitals'],
  ['a//b', '"a//b" is no image reference: it holds an empty part'],
  ['a/-b', `"a/-b" is no image reference: "-b" is no part of a repository's name`],
  ['a:b:c', `"a:b:c" is no image reference: "b:c" is no tag`],
  ['a:', '"a:" is no image reference: "" is no tag'],
  ['a:.b', '".b" is no tag'],
  ['registry.example:5000', 'it is the name of a registry, or of a file'],
  ['localhost:5000', 'it is the name of a registry, or of a file'],
  ['image.txt', 'it is the name of a registry, or of a file'],
  ['host.example:99999/a', '99999 is no port'],
  ['ho_st.example/a', '"ho_st.example" is no host'],
  ['a@sha256:1234', '"sha256:1234" is no digest'],
  [`a@${digest.toUpperCase()}`, 'is no digest'],
  ['dir:/srv/image', 'what "dir:" names is not read here'],
  ['docker-daemon:app:1', 'what "docker-daemon:" names is not read here'],
  ['containers-storage:app', 'what "containers-storage:" names is not read here'],
  ['file:///srv/image.tar.zip', 'it begins with "file://"'],
  [digest, 'names no repository'],
  ['0a'.repeat(32), 'names no repository'],
  ['ghcr.io/a\n', 'it holds a space or a line break'],
  [' ghcr.io/a', 'it holds a space or a line break'],
  ['oci:', 'no path follows the ":"'],
  ['oci:folder:', 'no tag follows the last ":"'],
  ['a'.repeat(256), 'has 256 characters'],
])('"%s" is a usage error', (text, message) => {
  expect(() => parseReference(text)).toThrow(UsageError);
  expect(() => parseReference(text)).toThrow(message);
});

test.each(['me:SECRET@ghcr.io/a', 'https://me:SECRET@ghcr.io/a/b:1', 'docker://me:SECRET@localhost:5000/a', 'me:SECRET@ghcr.io'])(
  'a login in a reference is refused, and not repeated: %s',
  (text) => {
    expect(() => parseReference(text)).toThrow(/^a reference holds a login, which has no place there$/);
    expect(() => parseRegistryHost(text)).toThrow(/^a reference holds a login, which has no place there$/);
  },
);

describe('for all texts', () => {
  test('a reference is understood or refused with a sentence that fits on a screen', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        try {
          const reference = parseReference(text);
          expect(reference.text).toBe(text);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });

  test('what was understood is understood the same way again', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,4})?$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), fc.stringMatching(/^\w[\w.-]{0,20}$/), (parts, tag) => {
        const repository = parts.join('/');
        const { text: _, ...first } = parseRegistryReference(`registry.example:5000/${repository}:${tag}`);
        expect(first).toEqual(at('registry.example:5000', repository, { tag }));
      }),
    );
  });
});

test('a whole registry is named by its host', () => {
  expect(parseRegistryHost('Registry.example:5000')).toBe('registry.example:5000');
  expect(parseRegistryHost('index.docker.io')).toBe('docker.io');
  expect(() => parseRegistryHost('registry.example/a')).toThrow('"registry.example/a" is no host');
});
