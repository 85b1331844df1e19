import type { CallRange, CallRecords } from '../../../call/call-records.ts';
import { stoppedCalls } from '../../../call/impact/minutes-saved.ts';
import type { MonthCampaign, MonthFigures, MonthReport } from '../../../call/impact/month-figures.ts';
import { type Disposition, dispositions, zeroFor } from '../../../call/vocabulary.ts';
import type { Campaign } from '../../../campaigns/campaign.ts';
import { maskNumbersIn } from '../../../privacy/mask-number.ts';
import { type Month, monthAfter, monthOf } from '../../../text/month.ts';
import { sum } from '../counted.ts';
import { harmedPeople, workDone } from '../impact/people.ts';
import type { PageDeps } from '../page-deps.ts';

type Needed = Pick<PageDeps, 'records' | 'lists' | 'campaigns' | 'impact' | 'now' | 'log'>;

/** What the page of the month and its mail say. Rejects when the records do. */
export async function monthReport(deps: Needed, month: Month, zone?: string): Promise<MonthReport> {
  const before = monthOf(monthAfter(month.month, -1), deps.now(), zone);
  // One after the other: each asks six questions.
  const now = await figuresOf(deps, month);
  const earlier = before && (await figuresOf(deps, before));
  return {
    ...month,
    now,
    before: earlier === null || earlier.calls === 0 ? null : earlier,
    campaigns: campaignsOf(deps.campaigns?.() ?? [], month),
  };
}

async function figuresOf(deps: Needed, { since, until }: CallRange): Promise<MonthFigures> {
  const range = { since, until };
  const { records } = deps;
  const [where, challenge, notPassed, harmed] = await Promise.all([
    records.counts('where', range),
    records.counts('challenge', range),
    notPassedCalls(records, range),
    harmedPeople(records, deps.lists, range, deps.now()),
  ]);
  const results = zeroFor(dispositions.words);
  for (const { value, calls } of where) if (value in results) results[value as Disposition] += calls;
  const done = await workDone(deps, harmed.people);
  return {
    calls: sum(where),
    results,
    challenged: sum(challenge),
    passed: challenge.find(({ value }) => value === 'passed')?.calls ?? 0,
    stopped: stoppedCalls({
      rejected: results.rejected,
      notPassed,
      ofPeople: harmed.people.reduce((all, { person }) => all + person.missed, 0),
    }),
    affected: harmed.people.length,
    followedUp: done && harmed.people.filter(({ person }) => done.followUps.has(person.callId)).length,
  };
}

/** Calls that did not pass and reached nobody. */
async function notPassedCalls(records: CallRecords, range: CallRange): Promise<number> {
  const found = await Promise.all(
    (['voicemail', 'abandoned'] as const).map((where) => records.counts('challenge', { ...range, where })),
  );
  return sum(found.flat().filter(({ value }) => value !== 'passed'));
}

function campaignsOf(all: readonly Campaign[], { since, until }: CallRange): MonthCampaign[] {
  return all
    .filter(({ state, mergedInto }) => state !== 'dismissed' && mergedInto === undefined)
    .filter(({ startedAt, lastAt }) => startedAt < until && lastAt >= since)
    .sort((a, b) => b.calls - a.calls)
    .map(({ name, calls, numbers, startedAt }) => ({
      ...{ name: maskNumbersIn(name), calls, numbers, startedAt },
    }));
}
