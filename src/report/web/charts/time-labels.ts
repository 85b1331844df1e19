import { DateTime } from 'luxon';
import type { Series } from '../counted.ts';

/** Steps between labels that people count in: parts of a day, then weeks. */
const hourSteps = [1, 2, 3, 6, 12, 24];
const daySteps = [1, 2, 7, 14, 28];

/**
 * Which steps of a picture are labelled, and how: by the hour at round hours, midnight with its day; by the day each day, or
 * Mondays when there are many. At most `most` labels, or one more at an edge.
 */
export function timeLabels(series: Series, most: number): { readonly at: number; readonly words: string }[] {
  const { size, steps } = series;
  const fits = (step: number) => steps.length / step <= most + 0.5;
  if (size === 'week') {
    const every = Math.ceil(steps.length / most);
    return steps.filter((_, index) => index % every === 0).map(({ at }) => ({ at, words: day(at, false) }));
  }
  if (size === 'hour') {
    const every = hourSteps.find(fits) ?? 24;
    return steps
      .map(({ at }) => ({ at, local: DateTime.fromMillis(at) }))
      .filter(({ local }) => local.hour % every === 0 && local.minute === 0)
      .map(({ at, local }) => ({ at, words: local.hour === 0 ? day(at, true) : local.toFormat('HH:mm') }));
  }
  const every = daySteps.find(fits) ?? 28;
  const first = every < 7 ? 0 : steps.findIndex(({ at }) => DateTime.fromMillis(at).weekday === 1);
  return steps
    .filter((_, index) => index >= first && (index - first) % every === 0)
    .map(({ at }) => ({ at, words: day(at, every < 7 || most > 5) }));
}

function day(at: number, withWeekday: boolean): string {
  return DateTime.fromMillis(at)
    .setLocale('en-GB')
    .toFormat(withWeekday ? 'ccc d LLL' : 'd LLL');
}
