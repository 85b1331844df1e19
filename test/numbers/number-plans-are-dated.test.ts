import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { numberPlans } from '../../src/numbers/number-plans.ts';

test('the day is that of the installed version: change both together (npm view libphonenumber-js time)', () => {
  const { version } = createRequire(import.meta.url)('libphonenumber-js/package.json') as { version: string };
  expect(numberPlans.version).toBe(version);
  expect(Date.parse(numberPlans.released)).toBeLessThan(Date.now());
});
