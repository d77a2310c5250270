import { expect, it } from 'vitest';
import { detectorSetHash } from '../../../src/secrets/detectors/detector-set-hash.ts';
import { loadDetectors } from '../../../src/secrets/detectors/detectors.ts';

const detectors = await loadDetectors();
const all = { utf16: true, base64: true };

it('a detector set has one name, whatever its order, and another for whatever changes what is found', () => {
  const hash = detectorSetHash(detectors, all);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(detectorSetHash(detectors.toReversed(), all)).toBe(hash);
  const [first, ...rest] = detectors as readonly [(typeof detectors)[number], ...typeof detectors];
  const others = [
    detectorSetHash(rest, all),
    detectorSetHash(detectors, { ...all, base64: false }),
    detectorSetHash(detectors, { ...all, utf16: false }),
    detectorSetHash([{ ...first, issuer: 'Another' }, ...rest], all),
    detectorSetHash([{ ...first, spec: { ...first.spec, ignore: ['another'] } }, ...rest], all),
  ];
  expect(new Set([hash, ...others]).size).toBe(6);
});
