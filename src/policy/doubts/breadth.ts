import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max';
import { coveredBy, type NumberPattern, patternWords } from '../../numbers/number-pattern.ts';
import { type Doubt, error, warning } from './doubt.ts';

/** An exchange has ten thousand numbers; an area code ten million. */
const manyOwn = 1_000_000;
const areaCode = 10_000_000;

const callingCodes: ReadonlySet<string> = new Set(getCountries().map((one) => getCountryCallingCode(one)));

/** A prefix that is a calling code, or the beginning of one. */
export function coversCountry(pattern: NumberPattern): boolean {
  return (
    pattern.kind === 'prefix' && [...callingCodes].some((code) => code.startsWith(pattern.prefix.slice(1)))
  );
}

/** In words. */
export function amount(pattern: NumberPattern): string {
  if (coversCountry(pattern)) return 'a whole country or more';
  return `about ${coveredBy(pattern).toLocaleString('en-US')} numbers`;
}

/** Own numbers that are whole areas: every caller from there would be taken for a forger. */
export const broadOwnNumbers: Doubt = function* ({ rules, source, policy }) {
  const written = rules.settings['own-numbers'] ?? [];
  for (const [index, pattern] of policy.settings.ownPatterns.entries()) {
    const covered = coveredBy(pattern);
    if (covered < manyOwn && !coversCountry(pattern)) continue;
    const isArea = covered >= areaCode || coversCountry(pattern);
    yield (isArea ? error : warning)(
      source.at(['settings', 'own-numbers', index]),
      `own-numbers "${written[index] ?? patternWords(pattern)}" takes in ${amount(pattern)}: all of these callers would look like forgers of your own numbers`,
      'write the blocks that your carrier gave you, from first to last: +13175550100..+13175550199',
      'broad-own-numbers',
    );
  }
};
