import { describe, expect, it } from 'vitest';
import { isRegion, overlaps } from '../../src/model/place.ts';

describe('places of an account', () => {
  it('are regions, the two sites, and the whole account', () => {
    expect(['cn-hangzhou', 'us-east-1', 'mainland', 'international', 'global'].map(isRegion)).toEqual([true, true, false, false, false]);
  });

  it('overlap where one holds the other', () => {
    const pairs: readonly (readonly [string, string, boolean])[] = [
      ['cn-hangzhou', 'cn-hangzhou', true],
      ['cn-hangzhou', 'cn-beijing', false],
      ['global', 'cn-hangzhou', true],
      ['global', 'mainland', true],
      ['mainland', 'cn-hangzhou', true],
      ['mainland', 'cn-hongkong', false],
      ['mainland', 'ap-southeast-1', false],
      ['international', 'cn-hongkong', true],
      ['international', 'ap-southeast-1', true],
      ['international', 'cn-beijing', false],
      ['mainland', 'international', false],
    ];
    for (const [place, other, wanted] of pairs) {
      expect([overlaps(place, other), overlaps(other, place)], `${place} and ${other}`).toEqual([wanted, wanted]);
    }
  });
});
