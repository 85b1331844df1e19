import type { CallRange } from '../../../call/call-records.ts';
import type { MonthCampaign, MonthFigures, MonthReport } from '../../../call/impact/month-figures.ts';
import { type CallImpact, type Disposition, dispositions, zeroFor } from '../../../call/vocabulary.ts';
import type { Campaign } from '../../../campaigns/campaign.ts';
import { maskNumbersIn } from '../../../privacy/mask-number.ts';
import { type Month, monthAfter, monthOf } from '../../../text/month.ts';
import { sum } from '../counted.ts';
import { everyPerson, followUpsSaid, workDone } from '../impact/people.ts';
import type { PageDeps } from '../page-deps.ts';

type Needed = Pick<PageDeps, 'records' | 'campaigns' | 'impact' | 'now' | 'log'>;

/** What the page of the month and its mail say. Rejects when the records do. */
export async function monthReport(deps: Needed, month: Month, zone?: string): Promise<MonthReport> {
  const before = monthOf(monthAfter(month.month, -1), deps.now(), zone);
  // One after the other: each asks some questions.
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
  const [where, challenge, impacts] = await Promise.all([
    records.counts('where', range),
    records.counts('challenge', range),
    records.impacts([range]),
  ]);
  const results = zeroFor(dispositions.words);
  for (const { value, calls } of where) if (value in results) results[value as Disposition] += calls;
  const ofImpact = (word: CallImpact | 'people') => sum(impacts.filter(({ value }) => value === word));
  return {
    calls: sum(where),
    results,
    challenged: sum(challenge),
    passed: challenge.find(({ value }) => value === 'passed')?.calls ?? 0,
    stopped: ofImpact('stopped'),
    affected: ofImpact('people'),
    followedUp: await followedUp(deps, range),
  };
}

/** How many of the people possibly harmed; null: not known. */
async function followedUp(deps: Needed, range: CallRange): Promise<number | null> {
  // Each batch of people is found among all calls again: where nobody was followed up none is asked for.
  const said = await followUpsSaid(deps, range);
  if (said === null || said === 0) return said;
  let all = 0;
  for await (const people of everyPerson(deps.records, range)) {
    const done = await workDone(deps, people);
    if (done === null) return null;
    all += people.filter(({ callId }) => done.followUps.has(callId)).length;
  }
  return all;
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
