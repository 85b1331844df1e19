import { DateTime } from 'luxon';
import { type MonthReport, monthRows, monthSummary } from '../call/impact/month-figures.ts';
import { count } from '../call/sentences.ts';
import { withDeadline } from '../process/deadline.ts';
import { lastMonth, type Month, monthOf, monthWords } from '../text/month.ts';
import { noticeText } from './message-frame.ts';
import type { NoticeBoard } from './notice-board.ts';
import type { NoticeWording } from './notice-texts.ts';

/** Where the page of the month gets its figures, and whether it is ours to send. */
export interface MonthSource {
  /** Rejects when the records do. */
  report(month: Month, zone: string): Promise<MonthReport>;
  /** True the first time that any node asks, whichever it is. Rejects when Redis does. */
  claimOnce(name: string): Promise<boolean>;
  /** Address of the report; null: not set. */
  readonly link: string | null;
}

interface MonthlyOptions {
  readonly source: MonthSource;
  readonly node: string;
  /** Distinguishes recipients. */
  readonly audience: string;
  /** IANA name, `local`, or `default`. */
  readonly zone: string;
  /** Minute of the day at which it is due. */
  readonly atMinute: number;
  readonly board: NoticeBoard;
}

const dayMs = 86_400_000;
/** Whoever was away on the first sends it until then; claims are kept longer. */
const lateMs = 3 * dayMs;
const retryMs = 600_000;
const deadlineMs = 60_000;
const maxCampaigns = 5;

/** On the first of a month the page of the one before, as text: once for the same people, whatever node is up, restarts included. */
export class MonthlyNotice {
  readonly #options: MonthlyOptions;
  #settled = '';
  #isBusy = false;
  #retryAt = 0;

  constructor(options: MonthlyOptions) {
    this.#options = options;
  }

  check(now: number): void {
    const { zone, atMinute } = this.#options;
    const month = lastMonth(now, zone);
    if (this.#isBusy || month === this.#settled || now < this.#retryAt) return;
    const first = DateTime.fromMillis(now, { zone }).startOf('month');
    const due = first.set({ hour: Math.floor(atMinute / 60), minute: atMinute % 60 }).toMillis();
    if (now < due || now > due + lateMs) return;
    this.#isBusy = true;
    void this.#add(month, now)
      .then(() => {
        this.#settled = month;
      })
      // Asked again; nothing is claimed before the figures are there.
      .catch(() => {
        this.#retryAt = now + retryMs;
      })
      .finally(() => {
        this.#isBusy = false;
      });
  }

  async #add(name: string, now: number): Promise<void> {
    const { source, node, audience, zone, board } = this.#options;
    const month = monthOf(name, now, zone);
    if (month === null) return;
    const late = () => new Error('too slow');
    const report = await withDeadline(() => source.report(month, zone), deadlineMs, late);
    // Gatehouse was not here yet.
    if (report.now.calls === 0) return;
    if (!(await source.claimOnce(`month:${name}:${audience}`))) return;
    const wording = monthText(report, source.link, zone);
    board.addOnce({ kind: 'digest', key: `month/${node}`, since: month.since, ...wording });
  }
}

/** @param link address of the report  @param zone IANA name, `local` or `default` */
export function monthText(report: MonthReport, link: string | null, zone: string): NoticeWording {
  const { month, campaigns } = report;
  const day = (at: number) => DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd');
  return {
    title: `${monthWords(month)}: what the switchboard was spared`,
    lines: [
      monthSummary(report),
      ...monthRows(report).map(({ words, now, before, change, about }) => {
        const compared =
          before === null ? '' : ` (month before: ${before}${change === null ? '' : `, ${change}`})`;
        return `${words}: ${now}${compared}${about === null ? '' : `; ${about}`}`;
      }),
      ...campaigns
        .slice(0, maxCampaigns)
        .map(({ name, calls, numbers, startedAt }) =>
          noticeText(
            `Campaign: ${name}; ${count(calls)} calls from ${count(numbers)} numbers, first on ${day(startedAt)}`,
          ),
        ),
      ...(link === null ? [] : [`${link.replace(/\/$/, '')}/month?month=${month}`]),
    ],
  };
}
