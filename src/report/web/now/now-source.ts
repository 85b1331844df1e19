import type { CallRecord, CallRecords, StepCount, ValueCount } from '../../../call/call-records.ts';
import type { Campaign } from '../../../campaigns/campaign.ts';
import type { SiteEvent } from '../../../site-events/site-event.ts';
import { answered } from '../answered.ts';
import { type CampaignCounts, countCampaigns } from './loud-campaigns.ts';
import { Refreshed } from './refreshed.ts';
import { daysBefore, type Today, todayOf, todayRange } from './today.ts';

const latestShown = 12;
const weekMs = 7 * 86_400_000;
/** The days before do not change; it takes longer than a page may. */
const beforeEveryMs = 600_000;
const beforeKeptMs = 86_400_000;
const hourMs = 3_600_000;

/** What of the records is on the page Now. Null: not known, or not answered. */
export interface Recorded {
  readonly latest: readonly CallRecord[] | null;
  readonly today: Today | null;
  readonly campaigns: ReadonlyMap<string, CampaignCounts>;
  /** Of the last hour, when it has unusually many calls: by exchange, most first. */
  readonly exchanges: readonly ValueCount[];
  /** Since when the records do not answer, epoch ms; null: they do. */
  readonly awaySince: number | null;
}

/** Asks the records for the page Now: each question once every few seconds, however many browsers watch. */
export class NowSource {
  readonly #records: CallRecords;
  readonly #latest: Refreshed<readonly CallRecord[]>;
  readonly #counted: Refreshed<readonly StepCount[]>;
  readonly #campaigns: Refreshed<ReadonlyMap<string, CampaignCounts>>;
  readonly #exchanges: Refreshed<readonly ValueCount[]>;
  #before: { readonly day: number; readonly days: Refreshed<readonly StepCount[]> } | null = null;

  constructor(
    records: CallRecords,
    campaigns: () => readonly Campaign[],
    events: () => readonly SiteEvent[],
  ) {
    this.#records = records;
    this.#latest = new Refreshed({
      ask: async (now) => {
        const range = { since: now - weekMs, until: now + 60_000 };
        return (await answered(records.page(range, null, latestShown))).calls;
      },
      ...{ freshMs: 1000, keptMs: 15_000 },
    });
    this.#counted = new Refreshed({
      ask: (now) => answered(records.impacts([todayRange(now)])),
      ...{ freshMs: 5000, keptMs: 60_000 },
    });
    this.#campaigns = new Refreshed({
      ask: (now) => answered(countCampaigns(records, campaigns(), events(), now)),
      ...{ freshMs: 5000, keptMs: 60_000 },
    });
    this.#exchanges = new Refreshed({
      ask: (now) => answered(records.counts('exchange', { since: now - hourMs, until: now + 60_000 })),
      ...{ freshMs: 30_000, keptMs: 120_000 },
    });
  }

  /** Begins to ask for the days before, so that the first page has them. */
  prepare(now: number): void {
    this.#days(now).peek(now);
  }

  /** Never rejects. @param now epoch ms */
  async at(now: number): Promise<Recorded> {
    const before = this.#days(now).peek(now);
    const [latest, counted, campaigns] = await Promise.all([
      this.#latest.value(now),
      this.#counted.value(now),
      this.#campaigns.value(now),
    ]);
    const today = counted === null ? null : todayOf(counted, before, now);
    const isHigh = today?.lastHour.verdict === 'high';
    return {
      ...{ latest, today, campaigns: campaigns ?? new Map() },
      exchanges: isHigh ? ((await this.#exchanges.value(now)) ?? []) : [],
      awaySince: this.#latest.failedSince,
    };
  }

  #days(now: number): Refreshed<readonly StepCount[]> {
    const { since: day } = todayRange(now);
    if (this.#before?.day !== day) {
      const records = this.#records;
      const days = new Refreshed({
        ask: () => records.impacts(daysBefore(now)),
        ...{ freshMs: beforeEveryMs, keptMs: beforeKeptMs },
      });
      this.#before = { day, days };
    }
    return this.#before.days;
  }
}
