import { expect, it } from 'vitest';
import { searchForStranded } from '../policy/stranded-search.ts';

it('in two thousand rule sets, of which check accepts some hundreds', { timeout: 180_000 }, () => {
  const { accepted, refused } = searchForStranded(2000);
  expect(accepted).toBeGreaterThan(300);
  expect(refused).toBeGreaterThan(300);
});
