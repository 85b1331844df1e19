import type { Month } from '../../text/month.ts';
import { count, percent } from '../sentences.ts';
import type { Disposition } from '../vocabulary.ts';
import { minutesSaved, minutesSavedWords, savedWords } from './minutes-saved.ts';

/** What happened in a month, for who decides about the switchboard and not about single calls. */
export interface MonthFigures {
  readonly calls: number;
  readonly results: Readonly<Record<Disposition, number>>;
  readonly challenged: number;
  readonly passed: number;
  /** Unwanted calls that were stopped. */
  readonly stopped: number;
  /** People possibly harmed: as the page Caller impact lists them. */
  readonly affected: number;
  /** How many of them were followed up; null: not known. */
  readonly followedUp: number | null;
}

export interface MonthCampaign {
  /** Masked. */
  readonly name: string;
  readonly calls: number;
  readonly numbers: number;
  /** Epoch ms. */
  readonly startedAt: number;
}

export interface MonthReport extends Month {
  readonly now: MonthFigures;
  /** The month before; null: nothing is recorded of it. */
  readonly before: MonthFigures | null;
  /** Those that were active in it, the most calls first. */
  readonly campaigns: readonly MonthCampaign[];
}

export interface MonthRow {
  readonly words: string;
  readonly now: string;
  readonly before: string | null;
  /** `+12 %`; null: nothing to compare with. */
  readonly change: string | null;
  /** Under the words. */
  readonly about: string | null;
}

/** The figures, a row each, as the page and the mail have them. */
export function monthRows({ now, before }: Pick<MonthReport, 'now' | 'before'>): readonly MonthRow[] {
  const row = (
    words: string,
    of: (figures: MonthFigures) => number,
    about: string | null = null,
  ): MonthRow => ({
    ...{ words, about, now: count(of(now)) },
    before: before && count(of(before)),
    change: before && changeWords(of(now), of(before)),
  });
  const share = (words: string, of: (figures: MonthFigures) => string): MonthRow => ({
    ...{ words, about: null, now: of(now), before: before && of(before), change: null },
  });
  return [
    row('Calls handled', ({ calls }) => calls),
    row('Connected to people', ({ results }) => results.connected),
    row('Unwanted calls stopped', ({ stopped }) => stopped, 'rejected, or not passed and not a person'),
    row('Minutes saved', ({ stopped }) => minutesSaved(stopped), minutesSavedWords),
    row('Callers asked to press a key', ({ challenged }) => challenged),
    share('of them passed', ({ passed, challenged }) => percent(passed, challenged)),
    row('People possibly harmed', ({ affected }) => affected, 'likely people who did not pass'),
    row('Bypassed screening', ({ results }) => results.bypassed, 'reached people without being screened'),
  ];
}

/** The month in a sentence or three. */
export function monthSummary({ now, campaigns }: Pick<MonthReport, 'now' | 'campaigns'>): string {
  const { calls, stopped, affected, followedUp } = now;
  const people =
    affected === 0
      ? 'No person is known to have been kept out.'
      : `${count(affected)} ${affected === 1 ? 'person was' : 'people were'} possibly kept out${followedUp === null ? '' : `; ${count(followedUp)} of them ${followedUp === 1 ? 'was' : 'were'} followed up`}.`;
  const attacks =
    campaigns.length === 0
      ? ''
      : ` ${count(campaigns.length)} ${campaigns.length === 1 ? 'campaign was' : 'campaigns were'} recognized.`;
  return `${count(calls)} ${calls === 1 ? 'call was' : 'calls were'} handled and ${count(stopped)} unwanted ${stopped === 1 ? 'one' : 'ones'} stopped, which saved about ${savedWords(stopped)} of operators’ time. ${people}${attacks}`;
}

function changeWords(now: number, before: number): string | null {
  if (before === 0) return now === 0 ? '±0 %' : null;
  const change = Math.round((100 * (now - before)) / before);
  return change === 0 ? '±0 %' : `${change > 0 ? '+' : '−'}${count(Math.abs(change))} %`;
}
