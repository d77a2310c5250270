import { expect, test } from 'vitest';
import type { ImageLocation } from '../../../src/model/secret-match.ts';
import { imageFindings } from '../../../src/scan/images/image-findings.ts';
import { rebuildAdvice } from '../../../src/scan/images/rebuild-advice.ts';
import { imageInventory, keyAt } from '../../support/image-estate.ts';

const advice = (at: Partial<ImageLocation>) => rebuildAdvice([keyAt(at).at as ImageLocation]);

test.each<[string, Partial<ImageLocation>, string]>([
  [
    'a file that COPY brought in',
    { madeBy: 'COPY . /app # buildkit' },
    '"COPY . /app # buildkit" brought app/.env in: name it in .dockerignore, or copy only what the image needs.',
  ],
  [
    'one of the builder before BuildKit',
    { madeBy: '/bin/sh -c #(nop) ADD file:1 in /' },
    '"/bin/sh -c #(nop) ADD file:1 in /" brought app/.env in: name it in .dockerignore, or copy only what the image needs.',
  ],
  [
    'a file that RUN wrote and a later step deleted',
    { madeBy: 'RUN pip login', visible: 'deleted' },
    '"RUN pip login" wrote app/.env: give that step the key with RUN --mount=type=secret, and let it write no file that holds it. Deleting it later left it in layer 4.',
  ],
  ['a file with a name of pages', { path: 'a'.repeat(9000) }, `Leave ${'a'.repeat(300)}… out of the layer.`],
  ['a base image', { origin: 'base', madeBy: 'RUN x' }, 'It came with the base image: build on one without it.'],
  ['an unknown step', {}, 'Leave app/.env out of the layer.'],
  [
    'the environment',
    { part: 'config', path: 'config.Env[2]' },
    'Take it out of ENV: hand it to the container when it starts, from a secret store.',
  ],
  [
    'the shell of the build',
    { part: 'config', path: 'config.Shell[2]' },
    'Take it out of SHELL: it stands before every command of the build.',
  ],
  ['a configuration that is no JSON', { part: 'config', path: '' }, 'Take it out of the configuration.'],
  [
    'an annotation',
    { part: 'annotation', path: 'manifests[0].annotations.org.example.key' },
    'Take it out of the annotation org.example.key.',
  ],
  ['an annotation of the image itself', { part: 'annotation', path: 'annotations.built' }, 'Take it out of the annotation built.'],
  [
    'a build argument',
    { part: 'history', path: 'history[3].created_by' },
    'A build argument stands in the history of every layer behind it: take it out of ARG, and mount it with RUN --mount=type=secret.',
  ],
])('%s: what a rebuild changes', (_, at, sentence) => {
  expect(advice(at)).toEqual([sentence]);
});

test('a finding says it behind how to rotate, for up to three kinds of places', () => {
  const secrets = ['a', 'b', 'c', 'd'].map((path) => keyAt({ path, madeBy: `COPY ${path} /` }));
  const [finding] = imageFindings(imageInventory({ secrets: [...secrets, ...secrets] }), []);
  expect(finding?.fix.do.match(/brought \w in/g)).toEqual(['brought a in', 'brought b in', 'brought c in']);
});
