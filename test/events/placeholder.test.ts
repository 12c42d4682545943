import { describe, expect, test } from 'vitest';
import { isPlaceholder } from '../../src/events/placeholder.ts';

describe('ids that stand for none', () => {
  test.each([
    'undefined',
    'null',
    'NULL',
    'None',
    'none',
    'nil',
    'NaN',
    'nan',
    'N/A',
    '0',
    '-1',
    'anonymous',
    'Anonymous',
    'ANON',
    'guest',
    'unknown',
    '(not set)',
    '[object Object]',
    '00000000-0000-0000-0000-000000000000',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    'true',
    ' ',
    '{}',
  ])('%j is one', (id) => expect(isPlaceholder(id)).toBe(true));

  test.each([
    'u1',
    '1',
    '00',
    'nullable',
    'Jane Guest',
    'none@shop.example',
    'undefined-1',
    '00000000-0000-0000-0000-000000000001',
  ])('%j is a person’s', (id) => expect(isPlaceholder(id)).toBe(false));
});
