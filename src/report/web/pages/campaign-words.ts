import { exchangeText } from '../../../campaigns/campaign-text.ts';
import type { PageNumbers } from '../page-numbers.ts';

/**
 * A text about a campaign with its numbers masked, but for the block of numbers that its calls come from: that is nobody's number.
 * @param exchange of the campaign, `+1312555`; undefined: it has none
 */
export function campaignWords(text: string, exchange: string | undefined, numbers: PageNumbers): string {
  if (exchange === undefined) return numbers.text(text);
  const kept = exchangeText(exchange);
  return text
    .split(kept)
    .map((part) => numbers.text(part))
    .join(kept);
}
